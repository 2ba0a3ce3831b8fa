"""What intake does when it hears something: it keeps the state of the case and of the offer."""

from services.intake.use_cases import progress
from shared.events.exchange import ExchangeCancelled, ExchangeClosed, ExchangePlanned
from shared.events.matching import CandidatesFound, MatchConfirmed, MatchProposed, NoMatchFound
from shared.streaming.reactions import Reactions

REACTIONS: Reactions = {
    CandidatesFound: progress.note_search,
    MatchProposed: progress.note_search,
    NoMatchFound: progress.note_search,
    MatchConfirmed: progress.note_match,
    ExchangePlanned: progress.note_exchange,
    ExchangeClosed: progress.close_case,
    ExchangeCancelled: progress.close_cancelled_case,
}
