"""Where a case stands, for whom it waits, and since when nothing has happened.

A case is told by several aggregates, each with its own order: the application, its search, its proposals, its
exchange. Their events come on different topics, so between aggregates neither arrival nor clocks say what is newer.
What a case waits for is therefore read from the latest event of each aggregate, the furthest one in the journey first.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from shared.events import exchange, intake, matching
from shared.events.base import Event
from shared.events.envelope import Envelope


@dataclass(frozen=True, slots=True)
class Part:
    """The latest event of one aggregate of a case; `expected_on` is the day until which silence is normal."""

    name: str
    sequence: int
    expected_on: date | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """A state in words, and who has to act. Nobody has to in a case that is over."""

    state: str
    waits_for: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of one case. Times are those of its events, None before the first."""

    case_id: UUID
    reference: str | None = None
    parts: Mapping[str, Part] = field(default_factory=dict)
    events: int = 0
    first_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def situation(self) -> Situation:
        """What the latest events of its aggregates say together."""
        return _situation(self.parts.values())

    @property
    def quiet_since(self) -> datetime | None:
        """From when on silence counts: the last event, or the end of the day that is waited for if that is later."""
        if self.last_at is None:
            return None
        days = [part.expected_on for part in self._telling if part.expected_on]
        return max([self.last_at, *(_end_of(day) for day in days)])

    @property
    def _telling(self) -> Iterable[Part]:
        told = self.situation
        return [part for part in self.parts.values() if STATES.get(part.name) == told]


def follow(case: Case, event: Envelope) -> Case:
    """The case after one more event. Those of one aggregate come in their order, aggregates as they like."""
    reference = getattr(event.data, "reference", None) or case.reference
    first = min(case.first_at or event.time, event.time)
    last = max(case.last_at or event.time, event.time)
    told = replace(case, reference=reference, events=case.events + 1, first_at=first, last_at=last)
    if type(event.data).__name__ not in STATES:
        return told
    place = f"{event.entry.topic}/{event.subject}"
    before = case.parts.get(place)
    if before is not None and before.sequence >= event.sequence:
        return told
    return replace(told, parts={**case.parts, place: _part(event, before)})


def is_stuck(waits_for: str | None, quiet_since: datetime | None, *, now: datetime, patience: timedelta) -> bool:
    """Whether somebody should have acted: the case is not over, and has been quiet for longer than `patience`."""
    return waits_for is not None and quiet_since is not None and now - quiet_since > patience


def _part(event: Envelope, before: Part | None) -> Part:
    kind = type(event.data)
    if kind in KEEPS_ITS_DAY:
        expected = before.expected_on if before else None
    else:
        expected = EXPECTED[kind](event.data) if kind in EXPECTED else None
    return Part(kind.__name__, event.sequence, expected)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def _states(rows: Mapping[type[Event], tuple[str, str | None]]) -> dict[str, Situation]:
    return {event.__name__: Situation(state, waits_for) for event, (state, waits_for) in rows.items()}


COORDINATOR = "a coordinator"

# Ordered from the end of the journey to its beginning: the first row that one of the case's aggregates is in says where
# the case stands. A proposal that came to nothing stands last, so that it leaves the word to the others. Events that
# are not here (reminders, refused bookings, surveys, actions, practices) say nothing about where a case stands.
STATES: Mapping[str, Situation] = _states(
    {
        intake.ApplicationClosed: ("closed", None),
        intake.ApplicationWithdrawn: ("withdrawn", None),
        intake.ApplicationRejected: ("rejected", None),
        exchange.ExchangePostponed: ("exchange postponed", COORDINATOR),
        exchange.ExchangeFollowedUp: ("follow-up", COORDINATOR),
        exchange.ExchangeReported: ("exchange reported", "the applicant's actions"),
        exchange.ExchangeCompleted: ("exchange completed", "the report"),
        exchange.ExchangeStarted: ("exchange in progress", "its last day"),
        exchange.ExchangeReady: ("exchange ready", "its first day"),
        exchange.ExchangeConverted: ("exchange converted to online", COORDINATOR),
        exchange.ExchangeScheduled: ("exchange in preparation", COORDINATOR),
        exchange.ExchangeAgreed: ("exchange agreed", COORDINATOR),
        exchange.ExchangePlanned: ("exchange planned", COORDINATOR),
        exchange.ExchangeClosed: ("exchange closed", "intake to close the case"),
        exchange.ExchangeCancelled: ("exchange cancelled", "intake to close the case"),
        matching.MatchConfirmed: ("matched", "exchange to plan it"),
        matching.MatchAccepted: ("accepted by one side", "the other side"),
        matching.MatchProposed: ("proposed", "both sides"),
        matching.CandidatesFound: ("candidates found", COORDINATOR),
        matching.SearchRelaxed: ("matching", "the search for peers"),
        matching.CallOpened: ("call for offers", "associations"),
        matching.NoMatchFound: ("no match", COORDINATOR),
        intake.ApplicationValidated: ("matching", "the search for peers"),
        intake.ApplicationAdmitted: ("in review", "reviewers"),
        intake.InformationRequested: ("information requested", "the applicant"),
        intake.ApplicationSubmitted: ("checking", "the automatic checks"),
        matching.MatchDeclined: ("matching", "other proposals"),
        matching.MatchExpired: ("matching", "other proposals"),
        matching.MatchSuperseded: ("matching", "other proposals"),
    }
)
RANK = {name: place for place, name in enumerate(STATES)}
UNTOLD = Situation("unknown", "its first event")

# Days until which nobody needs to say anything.
EXPECTED: Mapping[type[Event], Callable[[Any], date]] = {
    matching.MatchProposed: lambda event: event.respond_by,
    matching.CallOpened: lambda event: event.closes_on,
    exchange.ExchangePlanned: lambda event: event.first,
    exchange.ExchangeScheduled: lambda event: event.first,
    exchange.ExchangePostponed: lambda event: event.first,
    exchange.ExchangeStarted: lambda event: event.last,
}
KEEPS_ITS_DAY = frozenset(
    {matching.MatchAccepted, exchange.ExchangeAgreed, exchange.ExchangeReady, exchange.ExchangeConverted}
)


def _situation(parts: Iterable[Part]) -> Situation:
    latest = min((part.name for part in parts), key=lambda name: RANK[name], default=None)
    return STATES[latest] if latest else UNTOLD
