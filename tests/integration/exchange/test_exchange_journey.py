"""The ways of an exchange through real transactions: what is stored, and what the others hear."""

from datetime import timedelta
from uuid import UUID

import pytest

from services.exchange import use_cases
from services.exchange.rules import ExchangeView, Item, Part, Reason, State
from services.exchange.use_cases import OneExchange
from shared.events.evaluation import SurveyKind, SurveyWaived
from shared.events.exchange import ExchangeCancelled, ExchangeCompleted, ExchangePlanned, ExchangeScheduled
from shared.primitives.errors import Invalid, WrongState
from shared.primitives.ids import new_id
from shared.primitives.terms import Mode, OrganisationKind
from tests.builders.exchange import (
    APPLICATION,
    ASSOCIATION,
    FIRST,
    OFFER,
    OFFERER,
    PROPOSAL,
    REQUESTER,
    THIRD,
    a_match,
    a_plan,
    a_report,
)
from tests.integration.exchange.conftest import APPLICANT, OFFICER, Exchanges, an_action, an_answer, everybody

NEXT_WEEK = a_plan(first=FIRST + timedelta(days=7), last=FIRST + timedelta(days=11))


def a_report_command(exchange_id: UUID) -> use_cases.ReportExchange:
    report = a_report()
    return use_cases.ReportExchange(exchange_id, report.summary, None, report.recommendations, report.conclusions)


async def held(exchanges: Exchanges, mode: Mode) -> UUID:
    """An exchange that is over; returns its id."""
    exchange_id = await exchanges.prepared(mode)
    plan = a_plan(mode)
    await exchanges.does(use_cases.declare_ready, OneExchange(exchange_id))
    exchanges.it_is(plan.last)
    await exchanges.does(use_cases.start_exchange, use_cases.StartExchange(exchange_id, plan.first))
    await exchanges.does(use_cases.complete_exchange, use_cases.CompleteExchange(exchange_id, plan.last))
    return exchange_id


@pytest.mark.parametrize("mode", Mode)
async def test_an_exchange_goes_the_whole_way_and_tells_every_step(exchanges: Exchanges, mode: Mode) -> None:
    exchange_id = await held(exchanges, mode)
    await exchanges.does(use_cases.report_exchange, a_report_command(exchange_id), APPLICANT)
    await exchanges.hears(an_action(exchange_id))
    await exchanges.does(use_cases.follow_up_exchange, OneExchange(exchange_id))
    closed = await exchanges.does(use_cases.close_exchange, OneExchange(exchange_id))

    assert closed.state is State.CLOSED
    assert closed == await exchanges.shown(exchange_id)
    told = await exchanges.announced()
    assert [type(envelope.data).__name__ for envelope in told] == [
        "ExchangePlanned",
        "ExchangeAgreed",
        "ExchangeScheduled",
        "ExchangeReady",
        "ExchangeStarted",
        "ExchangeCompleted",
        "ExchangeReported",
        "ExchangeFollowedUp",
        "ExchangeClosed",
    ]
    assert [envelope.sequence for envelope in told] == list(range(1, len(told) + 1))
    assert {envelope.case_id for envelope in told} == {APPLICATION}
    assert {envelope.subject for envelope in told} == {str(exchange_id)}


async def test_the_others_hear_what_they_need(exchanges: Exchanges) -> None:
    exchange_id = await held(exchanges, Mode.STUDY_VISIT)
    facts = {type(envelope.data): envelope.data for envelope in await exchanges.announced()}
    planned, scheduled, completed = facts[ExchangePlanned], facts[ExchangeScheduled], facts[ExchangeCompleted]
    assert isinstance(planned, ExchangePlanned)
    assert (planned.exchange_id, planned.host_id, planned.proposal_id) == (exchange_id, OFFERER, PROPOSAL)
    assert isinstance(scheduled, ExchangeScheduled)
    assert (scheduled.first, scheduled.participants, scheduled.online) == (FIRST, 3, False)
    assert isinstance(completed, ExchangeCompleted)
    assert (completed.completed_on, completed.days) == (FIRST + timedelta(days=2), 3)


async def test_the_guards_before_the_first_day_fall_one_by_one(exchanges: Exchanges) -> None:
    exchange_id = await exchanges.agreed()
    await exchanges.does(use_cases.schedule_exchange, use_cases.ScheduleExchange(exchange_id, a_plan()))

    async def refusals() -> list[str]:
        with pytest.raises(WrongState) as refused:
            await exchanges.does(use_cases.declare_ready, OneExchange(exchange_id))
        return [problem.code for problem in refused.value.fields]

    assert await refusals() == ["before-survey-open", "safety-open"]
    await exchanges.hears(an_answer(exchange_id, by=OFFERER), an_answer(exchange_id, SurveyKind.AFTER))
    assert await refusals() == ["before-survey-open", "safety-open"]
    await exchanges.hears(an_answer(exchange_id))
    assert await refusals() == ["safety-open"]
    await exchanges.does(use_cases.tick_item, use_cases.TickItem(exchange_id, Item.SAFETY, None, True))
    assert (await exchanges.does(use_cases.declare_ready, OneExchange(exchange_id))).state is State.READY


async def test_a_waiver_for_the_requester_counts_and_one_for_the_offerer_does_not(exchanges: Exchanges) -> None:
    exchange_id = await exchanges.planned()

    def a_waiver(for_: UUID) -> SurveyWaived:
        return SurveyWaived(
            survey_id=new_id(),
            exchange_id=exchange_id,
            application_id=APPLICATION,
            respondent_id=for_,
            kind=SurveyKind.BEFORE,
            reason="no-answer",
        )

    await exchanges.hears(a_waiver(OFFERER))
    assert (await exchanges.shown(exchange_id)).before_survey == "open"
    await exchanges.hears(a_waiver(REQUESTER))
    assert (await exchanges.shown(exchange_id)).before_survey == "waived"


async def test_no_follow_up_before_an_action_is_owned(exchanges: Exchanges) -> None:
    exchange_id = await held(exchanges, Mode.EXPERT_MISSION)
    await exchanges.does(use_cases.report_exchange, a_report_command(exchange_id))
    with pytest.raises(WrongState):
        await exchanges.does(use_cases.follow_up_exchange, OneExchange(exchange_id))
    # The same action told in two events, as after a repair at its source, is one action.
    await exchanges.hears(an_action(exchange_id), an_action(exchange_id))
    followed_up = await exchanges.does(use_cases.follow_up_exchange, OneExchange(exchange_id))
    assert len(followed_up.actions) == 1
    assert await exchanges.dead() == []


async def test_the_same_command_twice_is_refused_and_told_once(exchanges: Exchanges) -> None:
    exchange_id = await exchanges.prepared()
    await exchanges.announced()
    await exchanges.does(use_cases.declare_ready, OneExchange(exchange_id))
    with pytest.raises(WrongState):
        await exchanges.does(use_cases.declare_ready, OneExchange(exchange_id))
    assert await exchanges.events() == ["ExchangeReady"]


async def test_a_postponed_exchange_is_scheduled_again_and_needs_its_safety_check_anew(exchanges: Exchanges) -> None:
    exchange_id = await exchanges.prepared()
    await exchanges.announced()
    command = use_cases.PostponeExchange(exchange_id, NEXT_WEEK.first, NEXT_WEEK.last, Reason.HOST_UNAVAILABLE)
    postponed = await exchanges.does(use_cases.postpone_exchange, command)
    assert (postponed.state, postponed.plan.first) == (State.POSTPONED, NEXT_WEEK.first)
    again = await exchanges.does(use_cases.schedule_exchange, use_cases.ScheduleExchange(exchange_id, NEXT_WEEK))
    assert (again.state, again.waiting_for) == (State.PREPARING, ("safety-open",))
    assert await exchanges.events() == ["ExchangePostponed", "ExchangeScheduled"]


async def test_a_converted_exchange_remembers_what_was_planned_in_person(exchanges: Exchanges) -> None:
    exchange_id = await exchanges.prepared()
    command = use_cases.ConvertExchange(exchange_id, Reason.VISA_REFUSED)
    converted = await exchanges.does(use_cases.convert_exchange, command)
    assert (converted.state, converted.plan.online) == (State.PREPARING, True)
    assert {entry.item for entry in converted.checklist} == {Item.INTERPRETATION, Item.ACCESSIBILITY, Item.SAFETY}
    assert converted == await exchanges.shown(exchange_id)
    assert (await exchanges.events())[-1] == "ExchangeConverted"
    last = (await exchanges.history(exchange_id))[-1]
    assert (last.what, last.reason, last.by) == ("ExchangeConverted", Reason.VISA_REFUSED, "coordinator")
    assert last.before is not None
    assert (last.before.online, [one.part for one in last.before.participants]) == (False, [Part.EXPERT, Part.HOST])


async def test_a_cancelled_exchange_gives_the_capacity_back(exchanges: Exchanges) -> None:
    exchange_id = await exchanges.agreed()
    command = use_cases.CancelExchange(exchange_id, Reason.NO_FUNDS)
    assert (await exchanges.does(use_cases.cancel_exchange, command)).state is State.CANCELLED
    told = (await exchanges.announced())[-1].data
    assert isinstance(told, ExchangeCancelled)
    assert (told.offer_id, told.proposal_id, told.reason) == (OFFER, PROPOSAL, "no-funds")


async def test_a_case_can_have_a_second_exchange_from_another_proposal(exchanges: Exchanges) -> None:
    first = await exchanges.agreed()
    await exchanges.does(use_cases.cancel_exchange, use_cases.CancelExchange(first, Reason.OTHER))
    await exchanges.hears(a_match(proposal_id=new_id()))
    assert [view.state for view in await exchanges.of_case()] == [State.CANCELLED, State.PLANNED]


async def test_the_history_tells_every_step_in_order(exchanges: Exchanges) -> None:
    exchange_id = await exchanges.prepared()
    await exchanges.does(use_cases.confirm_association, OneExchange(exchange_id), OFFICER)
    steps = [(change.number, change.what, change.by) for change in await exchanges.history(exchange_id)]
    assert steps == [
        (1, "ExchangePlanned", "service:exchange"),
        (2, "DraftingBegun", "coordinator"),
        (3, "ExchangeAgreed", "coordinator"),
        (4, "ExchangeScheduled", "coordinator"),
        (5, "EvaluationSubmitted", "service:exchange"),
        (6, "AssociationConfirmed", "officer"),
    ]


async def test_terms_of_reference_are_kept_as_they_were_agreed(exchanges: Exchanges) -> None:
    exchange_id = await exchanges.planned()
    await exchanges.does(use_cases.draft_terms, OneExchange(exchange_id), APPLICANT)
    await exchanges.does(use_cases.write_terms, use_cases.WriteTerms(exchange_id, "First words"), APPLICANT)
    await exchanges.does(use_cases.write_terms, use_cases.WriteTerms(exchange_id, "Better words"), APPLICANT)
    agreed: ExchangeView = await exchanges.does(
        use_cases.agree_terms, use_cases.AgreeTerms(exchange_id, ASSOCIATION, (THIRD,))
    )
    assert agreed.terms == "Better words"
    assert agreed == await exchanges.shown(exchange_id)


async def test_an_organisation_that_is_announced_anew_replaces_its_copy(exchanges: Exchanges) -> None:
    exchange_id = await exchanges.planned()
    (association,) = (fact for fact in everybody() if getattr(fact, "organisation_id", None) == ASSOCIATION)
    await exchanges.does(use_cases.draft_terms, OneExchange(exchange_id))
    agree = use_cases.AgreeTerms(exchange_id, ASSOCIATION, ())
    await exchanges.hears(association.model_copy(update={"kind": OrganisationKind.OTHER}))
    with pytest.raises(Invalid):
        await exchanges.does(use_cases.agree_terms, agree)
    await exchanges.hears(association)
    assert (await exchanges.does(use_cases.agree_terms, agree)).state is State.AGREED
