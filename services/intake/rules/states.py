"""The states of an application and of an offer, and the moves between them."""

from collections.abc import Mapping
from enum import StrEnum

from shared.primitives.errors import WrongState


class ApplicationState(StrEnum):
    """Where an application is on its way."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHECKING = "checking"
    INFORMATION_REQUESTED = "information-requested"
    IN_REVIEW = "in-review"
    VALIDATED = "validated"
    REJECTED = "rejected"
    MATCHING = "matching"
    NO_MATCH = "no-match"
    MATCHED = "matched"
    EXCHANGING = "exchanging"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class OfferState(StrEnum):
    """Where an offer is on its way."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHECKING = "checking"
    INFORMATION_REQUESTED = "information-requested"
    ACTIVE = "active"
    PAUSED = "paused"
    RESERVED = "reserved"
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"


_A = ApplicationState
APPLICATION_MOVES: Mapping[ApplicationState, frozenset[ApplicationState]] = {
    _A.DRAFT: frozenset({_A.SUBMITTED, _A.WITHDRAWN}),
    _A.SUBMITTED: frozenset({_A.CHECKING, _A.WITHDRAWN}),
    _A.CHECKING: frozenset({_A.INFORMATION_REQUESTED, _A.IN_REVIEW, _A.WITHDRAWN}),
    _A.INFORMATION_REQUESTED: frozenset({_A.CHECKING, _A.WITHDRAWN}),
    _A.IN_REVIEW: frozenset({_A.VALIDATED, _A.REJECTED, _A.WITHDRAWN}),
    _A.VALIDATED: frozenset({_A.MATCHING, _A.NO_MATCH, _A.MATCHED, _A.EXCHANGING, _A.CLOSED, _A.WITHDRAWN}),
    _A.MATCHING: frozenset({_A.NO_MATCH, _A.MATCHED, _A.EXCHANGING, _A.CLOSED, _A.WITHDRAWN}),
    _A.NO_MATCH: frozenset({_A.MATCHING, _A.MATCHED, _A.EXCHANGING, _A.CLOSED, _A.WITHDRAWN}),
    _A.MATCHED: frozenset({_A.EXCHANGING, _A.CLOSED, _A.WITHDRAWN}),
    _A.EXCHANGING: frozenset({_A.CLOSED}),
    _A.CLOSED: frozenset(),
    _A.REJECTED: frozenset(),
    _A.WITHDRAWN: frozenset(),
}

_O = OfferState
OFFER_MOVES: Mapping[OfferState, frozenset[OfferState]] = {
    _O.DRAFT: frozenset({_O.SUBMITTED, _O.WITHDRAWN}),
    _O.SUBMITTED: frozenset({_O.CHECKING}),
    _O.CHECKING: frozenset({_O.INFORMATION_REQUESTED, _O.ACTIVE, _O.REJECTED, _O.WITHDRAWN}),
    _O.INFORMATION_REQUESTED: frozenset({_O.CHECKING, _O.WITHDRAWN}),
    _O.ACTIVE: frozenset({_O.PAUSED, _O.RESERVED, _O.EXHAUSTED, _O.EXPIRED, _O.WITHDRAWN}),
    _O.PAUSED: frozenset({_O.ACTIVE, _O.RESERVED, _O.EXHAUSTED, _O.EXPIRED, _O.WITHDRAWN}),
    _O.RESERVED: frozenset({_O.ACTIVE, _O.EXHAUSTED, _O.EXPIRED, _O.WITHDRAWN}),
    _O.EXHAUSTED: frozenset(),
    _O.EXPIRED: frozenset(),
    _O.WITHDRAWN: frozenset(),
    _O.REJECTED: frozenset(),
}

# Intake hears of a case's progress on several topics, which have no common order. A case therefore only moves forward:
# news that lags behind what is known already changes nothing.
PROGRESS: Mapping[ApplicationState, int] = {
    _A.VALIDATED: 0,
    _A.MATCHING: 1,
    _A.NO_MATCH: 1,
    _A.MATCHED: 2,
    _A.EXCHANGING: 3,
    _A.CLOSED: 4,
}


def check_application_move(state: ApplicationState, to: ApplicationState) -> None:
    """Raise WrongState unless an application may go from one state to the other."""
    if to not in APPLICATION_MOVES[state]:
        raise WrongState("wrong-state", f"The application is {state.replace('-', ' ')}; it can't become {to} now.")


def check_offer_move(state: OfferState, to: OfferState) -> None:
    """Raise WrongState unless an offer may go from one state to the other."""
    if to not in OFFER_MOVES[state]:
        raise WrongState("wrong-state", f"The offer is {state.replace('-', ' ')}; it can't become {to} now.")


def is_news(state: ApplicationState, to: ApplicationState) -> bool:
    """Whether what was heard moves the case forward (search results are compared by the number of their search)."""
    return state in PROGRESS and PROGRESS[to] > PROGRESS[state]
