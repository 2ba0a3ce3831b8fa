"""Intake keeps the state of a case from what it hears, in whatever order the topics deliver it."""

from datetime import date
from uuid import UUID, uuid4

import pytest

from services.intake.storage import applications, offers
from services.intake.wiring import SERVICE
from shared.events.base import Event
from shared.events.exchange import ExchangeCancelled, ExchangeClosed, ExchangePlanned
from shared.events.intake import ApplicationClosed
from shared.events.matching import CandidatesFound, MatchConfirmed, MatchProposed, NoMatchFound
from shared.primitives.terms import Mode
from shared.streaming.batch import BatchProcessor
from tests.integration.intake.conftest import Intake
from tests.integration.intake.test_applications import GOOD, reviewer
from tests.integration.shared.arriving import Arriving

DAY = date(2026, 6, 1)


class Case:
    """A validated application and an offer, and the news about them."""

    def __init__(self, intake: Intake, application_id: UUID, offer_id: UUID) -> None:
        self.intake, self.id, self.offer_id = intake, application_id, offer_id
        self.arriving = Arriving()

    async def hears(self, *events: Event) -> None:
        processor = BatchProcessor(self.intake.database, SERVICE.reactions)
        await processor.process([self.arriving.message(event, case=self.id) for event in events])

    async def state(self) -> str:
        async with self.intake.database.reading() as connection:
            return (await applications.application(connection, self.id)).state

    async def offer_state(self) -> str:
        async with self.intake.database.reading() as connection:
            return (await offers.offer(connection, self.offer_id)).state

    def proposed(self, search: int = 1) -> MatchProposed:
        return MatchProposed(
            proposal_id=uuid4(), application_id=self.id, offer_id=self.offer_id, requester_id=uuid4(),
            offerer_id=uuid4(), rank=1, score=80.0, contributions=(), mode=Mode.EXPERT_MISSION, first=DAY, last=DAY,
            respond_by=DAY, search=search,
        )  # fmt: skip

    def nothing(self, search: int = 1, *, final: bool = False) -> NoMatchFound:
        return NoMatchFound(application_id=self.id, considered=0, filtered=(), search=search, final=final)

    def confirmed(self) -> MatchConfirmed:
        return MatchConfirmed(
            proposal_id=uuid4(), application_id=self.id, offer_id=self.offer_id, expert_id=uuid4(),
            requester_id=uuid4(), offerer_id=uuid4(), requester_association_id=None, offerer_association_id=None,
            reference="CN-2026-0001", title="t", title_language="en", themes=("waste",), mode=Mode.EXPERT_MISSION,
            first=DAY, last=DAY, participants=2,
        )  # fmt: skip

    def planned(self) -> ExchangePlanned:
        return ExchangePlanned(
            exchange_id=uuid4(), application_id=self.id, proposal_id=uuid4(), requester_id=uuid4(), offerer_id=uuid4(),
            host_id=uuid4(), themes=("waste",), title="t", title_language="en", mode=Mode.EXPERT_MISSION, first=DAY,
            last=DAY,
        )  # fmt: skip

    def closed(self) -> ExchangeClosed:
        return ExchangeClosed(exchange_id=uuid4(), application_id=self.id)

    def cancelled(self) -> ExchangeCancelled:
        return ExchangeCancelled(
            exchange_id=uuid4(), application_id=self.id, proposal_id=uuid4(), offer_id=self.offer_id, reason="visa"
        )


@pytest.fixture
async def case(intake: Intake) -> Case:
    application = await intake.submitted()
    for number in (1, 2):
        path = f"/v1/applications/{application['application_id']}/reviews"
        await intake.post(path, GOOD, who=reviewer(number))
    offer = await intake.offer(capacity=1)
    return Case(intake, UUID(application["application_id"]), UUID(offer["offer_id"]))


async def test_the_usual_way_ends_closed_and_announced_once(case: Case) -> None:
    states = []
    for event in (case.proposed(), case.confirmed(), case.planned(), case.closed(), case.closed()):
        await case.hears(event)
        states.append(await case.state())
    assert states == ["matching", "matched", "exchanging", "closed", "closed"]
    assert (await case.intake.announced()).count("ApplicationClosed") == 1


async def test_late_news_of_another_topic_does_not_turn_the_case_back(case: Case) -> None:
    await case.hears(case.planned(), case.confirmed(), case.proposed(), case.nothing())
    assert await case.state() == "exchanging"


@pytest.mark.parametrize("late_first", [True, False])
async def test_the_later_search_counts_whichever_is_heard_first(case: Case, late_first: bool) -> None:
    first, second = case.nothing(search=1), case.proposed(search=2)
    await case.hears(*((second, first) if late_first else (first, second)))
    assert await case.state() == "matching"


async def test_candidates_that_wait_for_a_coordinator_take_a_case_up_again(case: Case) -> None:
    await case.hears(case.nothing(search=1))
    found = CandidatesFound(application_id=case.id, candidates=3, search=2)
    await case.hears(found, case.nothing(search=1))
    assert await case.state() == "matching"


async def test_a_search_whose_proposals_came_to_nothing_ends_without_a_match(case: Case) -> None:
    await case.hears(case.nothing(search=1), case.proposed(search=1))
    assert await case.state() == "no-match"


async def test_a_case_for_which_nobody_is_sought_any_more_is_closed_without_a_match(case: Case) -> None:
    await case.hears(case.nothing(), case.nothing(final=True), case.nothing(final=True), case.proposed())
    assert await case.state() == "closed"
    assert await case.intake.last_announced() == ApplicationClosed(application_id=case.id, outcome="no-match")
    assert (await case.intake.announced()).count("ApplicationClosed") == 1


async def test_an_offer_is_reserved_then_exhausted(case: Case) -> None:
    await case.hears(case.confirmed())
    assert await case.offer_state() == "reserved"
    await case.hears(case.closed())
    assert await case.offer_state() == "exhausted"
    assert "OfferClosed" in await case.intake.announced()


async def test_a_cancelled_exchange_closes_the_case_and_frees_the_offer(case: Case) -> None:
    await case.hears(case.confirmed(), case.planned(), case.cancelled())
    assert (await case.state(), await case.offer_state()) == ("closed", "active")


async def test_news_about_an_unknown_case_is_set_aside(case: Case) -> None:
    await case.hears(NoMatchFound(application_id=uuid4(), considered=0, filtered=()))
    assert await case.intake.database.pool.fetchval("SELECT count(*) FROM dead_letters WHERE state = 'dead'") == 1
