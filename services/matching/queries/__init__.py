"""What can be read of searches, proposals and policies, by those whom they concern."""

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

__all__ = [
    "AskWhatToRelax",
    "AskWhy",
    "ListSearches",
    "Rank",
    "TryTerms",
    "application_proposals",
    "explanation",
    "list_policies",
    "open_searches",
    "proposal",
    "ranking",
    "search",
    "try_terms",
    "verdict",
    "what_to_relax",
]
