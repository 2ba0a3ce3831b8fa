"""Whom a programme favours among those that pass: who takes part for the first time, and peers of the South for peers
of the South.

Points of favour lift an offer's place and are not in its score, which stays what the two sides have in common. They
re-rank and hide nobody: whoever passes every filter stays on the list.
"""

from services.matching.engine.factors import hundredths
from services.matching.engine.values import Candidate, Favour, Request

FIRST_TIMER, SOUTH_SOUTH = "first-timer", "south-south"


def is_first_timer(answered: int, ratings: int) -> bool:
    """Whether the offer has no past: no proposal of it was answered, and its expert was never rated."""
    return answered == 0 and ratings == 0


def favours(request: Request, candidate: Candidate, favour: Favour) -> dict[str, int]:
    """By how many hundredths of a point the offer is placed higher, by what they are for; only what is given."""
    given = {}
    if favour.first_timers and is_first_timer(candidate.answered, candidate.ratings):
        given[FIRST_TIMER] = hundredths(favour.first_timers, 1)
    if favour.south_south and request.place.is_south and candidate.place.is_south:
        given[SOUTH_SOUTH] = hundredths(favour.south_south, 1)
    return given
