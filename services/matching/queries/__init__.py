"""What can be read of searches, proposals, calls, rounds, policies and similar offers, by those whom they concern."""

from services.matching.queries.calls import ListCalls, open_calls
from services.matching.queries.desk import (
    AskWhatToRelax,
    AskWhy,
    ListSearches,
    Rank,
    open_searches,
    ranking,
    verdict,
    what_to_relax,
)
from services.matching.queries.policies import TryTerms, list_policies, try_terms
from services.matching.queries.proposals import application_proposals, explanation, proposal, search
from services.matching.queries.rounds import newest_rounds, round_pairs, round_report
from services.matching.queries.similar import AskSimilar, similar_offers

__all__ = [
    "AskSimilar",
    "AskWhatToRelax",
    "AskWhy",
    "ListCalls",
    "ListSearches",
    "Rank",
    "TryTerms",
    "application_proposals",
    "explanation",
    "list_policies",
    "newest_rounds",
    "open_calls",
    "open_searches",
    "proposal",
    "ranking",
    "round_pairs",
    "round_report",
    "search",
    "similar_offers",
    "try_terms",
    "verdict",
    "what_to_relax",
]
