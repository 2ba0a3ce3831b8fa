"""The four modes at the bounds of their limits."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from services.exchange import rules
from services.exchange.rules import Exchange, Part, Participant, Plan, References, State
from shared.primitives.errors import Invalid
from shared.primitives.terms import Mode, OrganisationKind
from tests.builders.exchange import (
    ASSOCIATION,
    FIRST,
    KNOWN,
    OFFERER,
    OFFERERS_MEMBER,
    REQUESTER,
    REQUESTERS_MEMBER,
    STRANGER,
    THIRD,
    a_match,
    a_plan,
    a_report,
    an_exchange,
)

MISSION, INTERNSHIP, TABLE, VISIT = Mode.EXPERT_MISSION, Mode.INTERNSHIP, Mode.ROUND_TABLE, Mode.STUDY_VISIT
MODERATOR = Participant(ASSOCIATION, Part.MODERATOR)
TODAY = date(2031, 1, 1)


def codes(decide: Callable[[], object]) -> list[tuple[str, str]]:
    """The places and codes with which a decision is refused; empty if it is taken."""
    try:
        decide()
    except Invalid as refused:
        return [(problem.pointer, problem.code) for problem in refused.fields]
    return []


def of_days(mode: Mode, days: int) -> Plan:
    return a_plan(mode, last=FIRST + timedelta(days=days - 1))


@pytest.mark.parametrize(
    ("mode", "host"), [(MISSION, REQUESTER), (INTERNSHIP, OFFERER), (TABLE, REQUESTER), (VISIT, OFFERER)]
)
def test_the_mode_says_who_receives(mode: Mode, host: UUID) -> None:
    assert rules.planned(a_match(mode), REQUESTER).host_id == host


@pytest.mark.parametrize(
    ("mode", "least", "most"), [(MISSION, 2, 5), (INTERNSHIP, 5, 20), (TABLE, 1, 5), (VISIT, 2, 5)]
)
def test_days_are_bounded(mode: Mode, least: int, most: int) -> None:
    agreed = an_exchange(State.AGREED, mode)
    for days in (least, most):
        assert rules.scheduled(agreed, of_days(mode, days), KNOWN).plan.days == days
    refused = [("/last", "days-out-of-limits" if least > 1 else "before-first")]
    assert codes(lambda: rules.scheduled(agreed, of_days(mode, least - 1), KNOWN)) == refused
    assert codes(lambda: rules.scheduled(agreed, of_days(mode, most + 1), KNOWN)) == [("/last", "days-out-of-limits")]
    assert codes(lambda: rules.scheduled(agreed, of_days(mode, -3), KNOWN)) == [("/last", "before-first")]


@pytest.mark.parametrize(
    ("mode", "part", "guests_of", "least", "most"),
    [
        (MISSION, Part.EXPERT, OFFERER, 1, 2),
        (INTERNSHIP, Part.PLACED, REQUESTER, 1, 2),
        (VISIT, Part.VISITOR, REQUESTER, 3, 5),
    ],
)
def test_guests_are_counted(mode: Mode, part: Part, guests_of: UUID, least: int, most: int) -> None:
    agreed = an_exchange(State.AGREED, mode)

    def problems(number: int) -> list[tuple[str, str]]:
        plan = a_plan(mode, participants=number * (Participant(guests_of, part),))
        return codes(lambda: rules.scheduled(agreed, plan, KNOWN))

    assert [problems(number) for number in (least, most)] == [[], []]
    refused = [("/participants", f"{part}-out-of-limits")]
    assert [problems(number) for number in (least - 1, most + 1)] == [refused, refused]


@pytest.mark.parametrize("governments", [3, 6])
def test_a_round_table_takes_three_or_more_governments(governments: int) -> None:
    towns = tuple(UUID(int=100 + number) for number in range(governments))
    known = References(kinds=dict.fromkeys(towns, OrganisationKind.MUNICIPALITY))
    people = (*(Participant(town, Part.GOVERNMENT) for town in towns), MODERATOR)
    agreed = replace(an_exchange(State.AGREED, TABLE), organisations=towns)
    assert codes(lambda: rules.scheduled(agreed, a_plan(TABLE, participants=people), known)) == []


def test_a_government_that_sends_many_counts_once() -> None:
    people = (*3 * (Participant(REQUESTER, Part.GOVERNMENT),), Participant(OFFERER, Part.GOVERNMENT), MODERATOR)
    plan = a_plan(TABLE, participants=people)
    refused = codes(lambda: rules.scheduled(an_exchange(State.AGREED, TABLE), plan, KNOWN))
    assert refused == [("/participants", "government-out-of-limits")]


def test_a_round_table_needs_a_moderator() -> None:
    people = tuple(one for one in a_plan(TABLE).participants if one.part is not Part.MODERATOR)
    refused = codes(
        lambda: rules.scheduled(an_exchange(State.AGREED, TABLE), a_plan(TABLE, participants=people), KNOWN)
    )
    assert refused == [("/participants", "moderator-out-of-limits")]


@pytest.mark.parametrize(
    ("one", "problem"),
    [
        (Participant(REQUESTER, Part.VISITOR), ("part", "part-not-in-mode")),
        (Participant(STRANGER, Part.HOST), ("organisation_id", "not-taking-part")),
        (Participant(REQUESTER, Part.EXPERT), ("part", "guest-of-the-host")),
        (Participant(REQUESTER, Part.HOST, OFFERERS_MEMBER), ("member_id", "not-a-member")),
        (Participant(OFFERER, Part.EXPERT, UUID(int=999)), ("member_id", "not-a-member")),
        (Participant(OFFERER, Part.EXPERT, OFFERERS_MEMBER), ("member_id", "named-twice")),
    ],
)
def test_somebody_who_does_not_belong_there_is_refused(one: Participant, problem: tuple[str, str]) -> None:
    agreed = an_exchange(State.AGREED)
    plan = a_plan(participants=(Participant(OFFERER, Part.EXPERT, OFFERERS_MEMBER), one))
    place, code = problem
    assert (f"/participants/1/{place}", code) in codes(lambda: rules.scheduled(agreed, plan, KNOWN))


def test_an_association_is_no_government() -> None:
    people = (*a_plan(TABLE).participants, Participant(ASSOCIATION, Part.GOVERNMENT))
    plan = a_plan(TABLE, participants=people)
    refused = codes(lambda: rules.scheduled(an_exchange(State.AGREED, TABLE), plan, KNOWN))
    assert refused == [(f"/participants/{len(people) - 1}/part", "not-a-government")]


def test_everything_wrong_with_a_plan_is_said_at_once() -> None:
    plan = a_plan(last=FIRST + timedelta(days=9), participants=(Participant(STRANGER, Part.PLACED),))
    assert {code for _, code in codes(lambda: rules.scheduled(an_exchange(State.AGREED), plan, KNOWN))} == {
        "days-out-of-limits",
        "expert-out-of-limits",
        "part-not-in-mode",
        "not-taking-part",
    }


def test_a_converted_exchange_stays_online() -> None:
    converted = rules.converted(an_exchange(State.PREPARING), TODAY)
    later = a_plan(first=FIRST + timedelta(days=1))
    assert codes(lambda: rules.scheduled(converted, later, KNOWN)) == [("/online", "converted-to-online")]
    assert rules.scheduled(converted, replace(later, online=True), KNOWN).plan.online


def test_an_agreement_names_a_known_association_and_known_organisations() -> None:
    drafting = an_exchange(State.DRAFTING)
    refused = codes(lambda: rules.agreed(drafting, REQUESTER, (THIRD, UUID(int=999)), KNOWN))
    assert refused == [("/association_id", "not-an-association"), ("/organisations/1", "unknown-organisation")]
    assert codes(lambda: rules.agreed(drafting, UUID(int=998), (), KNOWN)) == [
        ("/association_id", "not-an-association")
    ]


def test_both_sides_take_part_without_being_named_and_nobody_twice() -> None:
    agreed = rules.agreed(an_exchange(State.DRAFTING), ASSOCIATION, (THIRD, REQUESTER, THIRD), KNOWN)
    assert agreed.organisations == (REQUESTER, OFFERER, THIRD)


def test_a_round_table_of_two_governments_is_not_agreed() -> None:
    drafting = an_exchange(State.DRAFTING, TABLE)
    refused = [("/organisations", "too-few-governments")]
    assert codes(lambda: rules.agreed(drafting, ASSOCIATION, (), KNOWN)) == refused
    assert codes(lambda: rules.agreed(drafting, ASSOCIATION, (STRANGER,), KNOWN)) == refused
    assert codes(lambda: rules.agreed(drafting, ASSOCIATION, (THIRD,), KNOWN)) == []


@pytest.mark.parametrize(
    ("mode", "needed"), [(MISSION, "recommendations"), (INTERNSHIP, None), (TABLE, "conclusions"), (VISIT, None)]
)
def test_the_mode_says_what_a_report_must_hold(mode: Mode, needed: str | None) -> None:
    completed = an_exchange(State.COMPLETED, mode)
    bare = a_report(recommendations=(), conclusions=())
    expected = [(f"/{needed}", f"{needed}-missing")] if needed else []
    assert codes(lambda: rules.reported(completed, bare)) == expected
    assert codes(lambda: rules.reported(completed, a_report())) == []


def day(number: int) -> date:
    """The first day is day 1."""
    return FIRST + timedelta(days=number - 1)


@pytest.mark.parametrize(
    ("on", "today", "expected"),
    [
        (day(0), day(1), ["before-first-day"]),
        (day(1), day(1), []),
        (day(5), day(9), []),
        (day(6), day(9), ["after-last-day"]),
        (day(2), day(1), ["in-the-future"]),
    ],
)
def test_an_exchange_starts_on_a_planned_day_that_has_come(on: date, today: date, expected: list[str]) -> None:
    found = codes(lambda: rules.started(an_exchange(State.READY), on, today))
    assert [code for _, code in found] == expected


@pytest.mark.parametrize(
    ("on", "today", "expected"),
    [
        (day(4), day(9), ["before-last-day"]),
        (day(5), day(5), []),
        (day(6), day(6), []),
        (day(7), day(6), ["in-the-future"]),
    ],
)
def test_an_exchange_is_over_on_its_last_day_or_later(on: date, today: date, expected: list[str]) -> None:
    found = codes(lambda: rules.completed(an_exchange(State.IN_PROGRESS), on, today))
    assert [code for _, code in found] == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [(day(1), day(5), ["not-later"]), (day(2), day(6), []), (day(2), day(7), ["days-out-of-limits"])],
)
def test_an_exchange_is_postponed_to_later_days_within_its_limits(first: date, last: date, expected: list[str]) -> None:
    found = codes(lambda: rules.postponed(an_exchange(State.READY), first, last))
    assert [code for _, code in found] == expected


def test_no_refusal_changes_the_exchange() -> None:
    exchange: Exchange = an_exchange(State.AGREED)
    before = replace(exchange)
    assert codes(lambda: rules.scheduled(exchange, of_days(MISSION, 6), KNOWN))
    assert exchange == before


def test_a_member_may_take_part_for_the_own_organisation() -> None:
    plan = a_plan(
        participants=(Participant(OFFERER, Part.EXPERT), Participant(REQUESTER, Part.HOST, REQUESTERS_MEMBER))
    )
    assert codes(lambda: rules.scheduled(an_exchange(State.AGREED), plan, KNOWN)) == []
