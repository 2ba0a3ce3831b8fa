"""The search for peers of one application, from its opening to its end."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.matching.engine.relaxing import Relaxation
from services.matching.engine.values import Found
from services.matching.rules.policy import Publishing
from shared.events.intake import ApplicationValidated
from shared.events.matching import FilteredOut
from shared.primitives.errors import FieldProblem, Invalid, WrongState


class SearchState(StrEnum):
    """Where a search stands.

    `searching`: candidates were found, and a coordinator chooses among them. `called`: there is no match, and
    associations have been asked for offers.
    """

    SEARCHING = "searching"
    PROPOSED = "proposed"
    NO_MATCH = "no-match"
    CALLED = "called"
    MATCHED = "matched"
    WITHDRAWN = "withdrawn"
    CLOSED = "closed"


S = SearchState
TRANSITIONS: Mapping[SearchState, frozenset[SearchState]] = {
    S.SEARCHING: frozenset({S.PROPOSED, S.NO_MATCH, S.WITHDRAWN}),
    S.PROPOSED: frozenset({S.SEARCHING, S.NO_MATCH, S.MATCHED, S.WITHDRAWN}),
    S.NO_MATCH: frozenset({S.SEARCHING, S.PROPOSED, S.CALLED, S.WITHDRAWN}),
    S.CALLED: frozenset({S.SEARCHING, S.PROPOSED, S.WITHDRAWN, S.CLOSED}),
    S.MATCHED: frozenset({S.CLOSED, S.WITHDRAWN}),
    S.WITHDRAWN: frozenset(),
    S.CLOSED: frozenset(),
}
UNMATCHED = frozenset({S.NO_MATCH, S.CALLED})
UNPROPOSED = UNMATCHED | {S.SEARCHING}
AT_AN_END = frozenset({S.MATCHED, S.WITHDRAWN, S.CLOSED})


@dataclass(frozen=True, slots=True)
class Call:
    """A targeted call: which associations are asked, and until when."""

    associations: tuple[UUID, ...]
    languages: tuple[str, ...]
    closes_on: date


@dataclass(frozen=True, slots=True)
class Search:
    """What is sought, and what the last look at the offers gave.

    `policy` is the version that was pinned at the start. `number` counts the looks from 1; results carry it, since
    proposals and the news of no match travel in different topics and can overtake each other. `relax`: what the
    applicant does without since.
    """

    application: ApplicationValidated
    state: SearchState
    policy: int
    number: int = 1
    considered: int = 0
    filtered: tuple[FilteredOut, ...] = ()
    call: Call | None = None
    relax: frozenset[Relaxation] = frozenset()

    @property
    def application_id(self) -> UUID:
        """The application, which is also the case."""
        return self.application.application_id


def moved(search: Search, to: SearchState) -> Search:
    """The search in its new state. Raises WrongState where the table has no such step."""
    if to not in TRANSITIONS[search.state]:
        raise WrongState("search-state", f"The search is {search.state}, so it can't become {to}.")
    return replace(search, state=to)


def looked(search: Search, found: Found, publishing: Publishing) -> Search:
    """The search after another look at the offers. While nobody is found, a call that was opened stays open."""
    search = replace(search, number=search.number + 1, considered=found.considered, filtered=found.filtered)
    if not found.ranked:
        return search if search.state in UNMATCHED else moved(search, S.NO_MATCH)
    to = S.PROPOSED if publishing is Publishing.BY_ITSELF else S.SEARCHING
    return search if search.state is to else moved(search, to)


def published(search: Search) -> Search:
    """The search once proposals of it are published. Raises WrongState where that is too late or too early."""
    return search if search.state is S.PROPOSED else moved(search, S.PROPOSED)


def relaxed_by(search: Search, relax: Collection[Relaxation]) -> Search:
    """The search without what is relaxed. Raises Invalid for nothing new, WrongState unless there is no match.

    That those who did not agree are asked again is not kept: it holds for the next look only.
    """
    new = frozenset(relax) - search.relax
    if not new:
        problem = FieldProblem("/relax", "nothing-new", "Name something that is not relaxed yet.")
        raise Invalid("nothing-to-relax", "This search goes without all of that already.", fields=(problem,))
    if search.state not in UNMATCHED:
        raise WrongState("not-without-match", f"The search is {search.state}; only one without a match can be relaxed.")
    return replace(search, relax=search.relax | new - {Relaxation.EARLIER_PROPOSAL})


def called(search: Search, call: Call, today: date) -> Search:
    """The search with a targeted call; with a later day, an open one is prolonged.

    Raises Invalid for a day that is not ahead, WrongState unless there is no match, or if an open call lasts as long.
    """
    if call.closes_on <= today:
        problem = FieldProblem("/closes_on", "not-ahead", "Give a day after today.")
        raise Invalid("call-closes-too-early", "A call must stay open for at least a day.", fields=(problem,))
    if search.state is S.CALLED and search.call is not None:
        if search.call.closes_on >= max(today, call.closes_on):
            raise WrongState("call-open", f"A call is open until {search.call.closes_on}; a later day prolongs it.")
        return replace(search, call=call)
    if search.state is not S.NO_MATCH:
        raise WrongState("not-without-match", f"The search is {search.state}; a call needs one that found no match.")
    return replace(moved(search, S.CALLED), call=call)


def call_ended(search: Search, today: date) -> Search | None:
    """The search at its end, where its call has closed and nobody was found; None where there is no such call."""
    if search.state is not S.CALLED or search.call is None or search.call.closes_on >= today:
        return None
    return moved(search, S.CLOSED)
