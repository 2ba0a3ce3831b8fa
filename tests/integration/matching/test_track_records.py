"""What came of earlier exchanges counts for later searches."""

import asyncio
from uuid import UUID

import pytest

from services.matching.storage import records
from services.matching.storage.living import living_in
from shared.events.evaluation import EvaluationSubmitted, Rating, SurveyKind
from shared.events.exchange import ExchangeCancelled, ExchangeCompleted
from shared.events.intake import ApplicationValidated
from shared.events.matching import MatchProposed
from shared.primitives.ids import new_id
from tests.builders.matching import an_application, an_offer
from tests.integration.matching.conftest import Matching


def evaluation(
    application: ApplicationValidated, respondent: UUID, *values: int, kind: SurveyKind = SurveyKind.AFTER
) -> EvaluationSubmitted:
    return EvaluationSubmitted(
        survey_id=new_id(),
        exchange_id=new_id(),
        application_id=application.application_id,
        respondent_id=respondent,
        kind=kind,
        ratings=tuple(Rating(item=f"item-{number}", value=value) for number, value in enumerate(values)),
    )


async def availability(matching: Matching) -> tuple[float, str]:
    """Points and the rating's code of the best offer in a new search."""
    application = an_application()
    await matching.hears(application)
    proposed = (await matching.announced())[-1]
    assert isinstance(proposed, MatchProposed)
    contribution = proposed.contributions[-1]
    return contribution.points, contribution.because[-1]


async def test_those_who_learned_rate_the_expert(matching: Matching) -> None:
    application = an_application()
    await matching.hears(an_offer(capacity=5), application)
    before = await availability(matching)
    match = await matching.agree(await matching.proposal(application))
    await matching.hears(
        evaluation(application, match.requester_id, 5, 4),
        evaluation(application, match.requester_id, 1, kind=SurveyKind.PULSE),
        evaluation(application, match.requester_id),
        evaluation(application, match.offerer_id, 1),
    )
    after = await availability(matching)
    assert (before[1], after[1]) == ("rating:none", "rating:4.5")
    assert after[0] > before[0]


async def test_completed_and_cancelled_exchanges_are_counted(matching: Matching) -> None:
    done, called_off = an_application(), an_application()
    offer = an_offer(capacity=5)
    await matching.hears(offer, done)
    first = await matching.agree(await matching.proposal(done))
    await matching.hears(called_off)
    second = await matching.agree(await matching.proposal(called_off))
    ids = {"exchange_id": new_id(), "application_id": done.application_id}
    await matching.hears(
        ExchangeCompleted.model_validate(ids | {"completed_on": first.last, "days": 5}),
        ExchangeCancelled(
            exchange_id=new_id(),
            application_id=called_off.application_id,
            proposal_id=second.proposal_id,
            reason="safety",
        ),
    )
    async with matching.database.reading() as connection:
        row = await connection.fetchrow("SELECT * FROM track_records WHERE member_id = $1", offer.member_id)
    assert row is not None
    assert (row["completed"], row["cancelled"]) == (1, 1)
    assert await matching.reserved(offer.offer_id) == 1


async def test_news_of_an_exchange_without_a_match_is_set_aside(matching: Matching) -> None:
    unknown = an_application()
    await matching.hears(
        evaluation(unknown, new_id(), 5),
        ExchangeCancelled(
            exchange_id=new_id(), application_id=unknown.application_id, proposal_id=new_id(), reason="visa"
        ),
    )
    assert [detail.split(":")[0] for detail in await matching.dead_letters()] == ["no-such-match"] * 2


async def test_the_mean_of_all_ratings_is_kept_by_the_database(matching: Matching) -> None:
    """Those who rate at once wait for each other; what is rolled back was never said."""

    async def rate(member_id: UUID, rating: float, *, then: float = 1) -> None:
        async with matching.database.unit_of_work() as work:
            await records.add_rating(work.connection, member_id, rating)
            1 / then

    members = [new_id() for _ in range(3)]
    await asyncio.gather(*(rate(member, rating) for member in members for rating in (2.0, 4.5, 3.0)))
    with pytest.raises(ZeroDivisionError):
        await rate(members[0], 5.0, then=0)
    async with matching.database.reading() as connection:
        await living_in(matching.database).catch_up(connection)
        mean = await connection.fetchval("SELECT sum(rating_total) / sum(ratings) FROM track_records")
    assert living_in(matching.database).mean_rating == mean == 9.5 / 3
