"""Where a case stands is read from its aggregates, in whatever order their events come."""

import random
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.monitor.rules.cases import STATES, Case, Situation, follow, is_stuck
from shared.events.catalogue import CATALOGUE
from shared.events.envelope import Envelope
from shared.primitives.ids import new_id
from tests.builders.monitor import BEGINNING, DAY, ACase

PATIENCE = timedelta(days=14)
FIRST, LAST = date(2026, 6, 1), date(2026, 6, 3)


def after(events: Iterable[Envelope]) -> Case:
    """The case when these have been heard."""
    case = Case(UUID(int=7))
    for event in events:
        case = follow(case, event)
    return case


def stuck(case: Case, now: datetime) -> bool:
    return is_stuck(case.situation.waits_for, case.quiet_since, now=now, patience=PATIENCE)


def a_whole_journey(case: ACase) -> list[Envelope]:
    return [
        case.says(case.submitted()),
        case.says(case.admitted()),
        case.says(case.proposed(date(2026, 3, 16))),
        case.says(case.accepted()),
        case.says(case.planned(FIRST, LAST)),
        case.says(case.agreed()),
        case.says(case.scheduled(FIRST, LAST)),
        case.says(case.ready()),
        case.says(case.started(FIRST, LAST)),
        case.says(case.completed(LAST)),
        case.says(case.evaluated()),
        case.says(case.exchange_closed()),
        case.says(case.closed()),
    ]


def test_a_case_moves_through_its_states() -> None:
    journey = a_whole_journey(ACase())
    states = [after(journey[:number]).situation.state for number in range(1, len(journey) + 1)]
    assert states == [
        "checking",
        "in review",
        "proposed",
        "accepted by one side",
        "exchange planned",
        "exchange agreed",
        "exchange in preparation",
        "exchange ready",
        "exchange in progress",
        "exchange completed",
        "exchange completed",
        "exchange closed",
        "closed",
    ]


@pytest.mark.parametrize("seed", range(20))
def test_the_order_of_arrival_between_aggregates_makes_no_difference(seed: int) -> None:
    heard = a_whole_journey(ACase())[: 5 + seed % 9]
    dealt = dealt_anew(heard, random.Random(seed))
    assert after(dealt) == after(heard)
    assert after(dealt).situation == after(heard).situation
    assert after(dealt).quiet_since == after(heard).quiet_since


def dealt_anew(events: list[Envelope], chance: random.Random) -> list[Envelope]:
    """The events in another order, but those of one aggregate in theirs, as partitions deliver them."""
    turns = [event.subject for event in events]
    chance.shuffle(turns)
    queues = {subject: [event for event in events if event.subject == subject] for subject in turns}
    return [queues[subject].pop(0) for subject in turns]


def test_an_older_event_of_an_aggregate_changes_nothing_but_the_count() -> None:
    case = ACase()
    submitted, admitted = case.says(case.submitted()), case.says(case.admitted())
    assert after([admitted, submitted]).situation.state == "in review"
    assert after([admitted, submitted]).events == 2


def test_a_declined_proposal_gives_the_word_back_to_the_others() -> None:
    case = ACase()
    heard = [case.says(case.submitted()), case.says(case.proposed(FIRST))]
    other = case.says(case.proposed(FIRST, new_id()))
    declined = case.says(case.declined())
    assert after([*heard, other, declined]).situation.state == "proposed"
    assert after([*heard, declined]).situation.state == "checking"


@pytest.mark.parametrize("accepted", [True, False])
def test_a_reminder_leaves_the_case_where_it_stood_until_the_day_that_is_waited_for(accepted: bool) -> None:
    case = ACase()
    heard = [case.says(case.submitted()), case.says(case.proposed(LAST))]
    heard += [case.says(case.accepted())] if accepted else []
    before, known = after(heard), after([*heard, case.says(case.reminded(FIRST, LAST))])
    assert known.situation == before.situation
    assert known.quiet_since == before.quiet_since


def test_a_withdrawn_application_is_over_whatever_else_is_open() -> None:
    case = ACase()
    heard = [case.says(case.submitted()), case.says(case.proposed(FIRST)), case.says(case.withdrawn())]
    assert after(heard).situation == Situation("withdrawn", None)


def test_a_case_is_stuck_when_it_has_been_quiet_for_longer_than_the_patience() -> None:
    case = ACase()
    known = after([case.says(case.submitted(), after=timedelta())])
    assert not stuck(known, BEGINNING + PATIENCE)
    assert stuck(known, BEGINNING + PATIENCE + timedelta(seconds=1))


def test_a_case_that_is_over_is_never_stuck() -> None:
    case = ACase()
    known = after([case.says(case.submitted()), case.says(case.closed())])
    assert not stuck(known, BEGINNING + 1000 * DAY)


def test_silence_until_the_day_that_is_waited_for_is_normal() -> None:
    case = ACase()
    known = after([case.says(case.submitted()), case.says(case.scheduled(FIRST, LAST)), case.says(case.ready())])
    assert known.quiet_since == datetime(2026, 6, 2, tzinfo=UTC)
    assert not stuck(known, datetime(2026, 6, 15, tzinfo=UTC))
    assert stuck(known, datetime(2026, 6, 16, 0, 0, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (lambda case: case.started(FIRST, LAST), datetime(2026, 6, 4, tzinfo=UTC)),
        (lambda case: case.completed(LAST), None),
    ],
)
def test_each_event_of_an_aggregate_replaces_the_day_that_the_one_before_waited_for(
    last: Callable[[ACase], object], expected: datetime | None
) -> None:
    case = ACase()
    heard = [case.says(case.scheduled(FIRST, LAST)), case.says(last(case))]  # type: ignore[arg-type]
    assert after(heard).quiet_since == (expected or heard[-1].time)


def test_the_latest_answer_day_of_several_proposals_counts() -> None:
    case = ACase()
    heard = [case.says(case.proposed(date(2026, 3, 16))), case.says(case.proposed(date(2026, 3, 20), new_id()))]
    assert after(heard).quiet_since == datetime(2026, 3, 21, tzinfo=UTC)


def test_every_state_belongs_to_an_event_of_the_catalogue() -> None:
    assert set(STATES) <= {entry.event.__name__ for entry in CATALOGUE}


def test_every_other_event_of_applications_proposals_searches_and_exchanges_says_where_a_case_stands() -> None:
    telling = {"intake.applications", "matching.proposals", "matching.searches", "exchange.exchanges"}
    leave_it = {"ProposalReminded", "BookingRefused"}
    assert {entry.event.__name__ for entry in CATALOGUE if entry.topic in telling} - leave_it == set(STATES)
