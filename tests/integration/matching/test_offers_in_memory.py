"""The offers in the memory of a process are those that are committed, whatever other processes do."""

import asyncio
from dataclasses import replace
from pathlib import Path
from random import Random
from uuid import UUID

import pytest

from services.matching.engine.index import OfferIndex
from services.matching.live import offers_in_memory
from services.matching.rules.searches import SearchState
from services.matching.storage.living import Living, forget_changes, living_in
from services.matching.storage.offers import in_portions, save_offer
from shared.events.base import Window
from shared.events.intake import OfferChanged, OfferClosed, OfferPublished
from shared.hosting.service import Hosted
from shared.postgres.unit_of_work import Database, UnitOfWork
from shared.primitives.readiness import Readiness
from tests.builders.market import FIRST_DAY
from tests.builders.matching import COORDINATOR, an_application, an_offer
from tests.integration.matching.conftest import Matching

Content = dict[UUID, tuple[object, ...]]


def another_process(matching: Matching) -> Matching:
    """The same database, with a memory of its own."""
    return Matching(replace(matching.database, memory={}), matching.arriving)


async def rebuilt(database: Database) -> Content:
    index = OfferIndex()
    async with database.reading() as connection:
        async for some in in_portions(connection, 7):
            for candidate in some:
                index.put(candidate)
    return index.content()


async def in_memory(database: Database) -> Content:
    async with database.reading() as connection:
        await living_in(database).catch_up(connection)
    return living_in(database).index.content()


async def test_what_one_process_hears_another_proposes(matching: Matching) -> None:
    other, application = another_process(matching), an_application()
    assert await in_memory(other.database) == {}
    offer = an_offer()
    await matching.hears(offer)
    await other.hears(application)
    assert (await matching.proposal(application)).offer_id == offer.offer_id


async def test_an_offer_and_a_request_in_one_batch_find_each_other(matching: Matching) -> None:
    old, application = an_offer(), an_application()
    await matching.hears(old)
    assert await in_memory(matching.database)
    gone, new = OfferClosed(offer_id=old.offer_id, reason="withdrawn"), an_offer()
    await matching.hears(gone, new, application)
    assert (await matching.proposal(application)).offer_id == new.offer_id
    assert (await matching.search(application)).considered == 1


async def test_what_is_rolled_back_was_never_there(matching: Matching) -> None:
    offer, new = an_offer(), an_offer()
    await matching.hears(offer)
    before = await in_memory(matching.database)

    async def change_and_fail(work: UnitOfWork, _: None) -> None:
        await work.connection.execute("UPDATE offers SET capacity = 0")
        assert await save_offer(work.connection, new, 1)
        own = await living_in(work).catch_up(work.connection)
        assert {one: seen and seen.capacity for one, seen in own.items()} == {offer.offer_id: 0, new.offer_id: 1}
        assert living_in(work).index.content() == before
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await matching.does(COORDINATOR, change_and_fail, None)
    assert await in_memory(matching.database) == before


async def test_what_others_have_committed_is_not_lost_with_a_change_that_is_rolled_back(matching: Matching) -> None:
    offer = an_offer()
    await matching.hears(offer)
    await in_memory(matching.database)
    changed = OfferChanged(offer_id=offer.offer_id, active=False, windows=offer.windows, capacity=1)
    await another_process(matching).hears(changed)

    async def change_too_and_fail(work: UnitOfWork, _: None) -> None:
        await work.connection.execute("UPDATE offers SET capacity = 0")
        await living_in(work).catch_up(work.connection)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await matching.does(COORDINATOR, change_too_and_fail, None)
    assert await in_memory(matching.database) == await rebuilt(matching.database)


async def test_what_is_committed_late_is_not_passed_over(matching: Matching) -> None:
    """A transaction with a lower number can commit after one with a higher one was seen."""
    first, second = an_offer(), an_offer()
    await matching.hears(first, second)
    await in_memory(matching.database)
    change = "UPDATE offers SET capacity = 0 WHERE offer_id = $1"
    async with matching.database.unit_of_work() as early:
        await early.connection.execute(change, first.offer_id)
        async with matching.database.unit_of_work() as late:
            await late.connection.execute(change, second.offer_id)
        await in_memory(matching.database)
    assert await in_memory(matching.database) == await rebuilt(matching.database)


async def test_after_many_changes_by_two_processes_each_has_what_the_database_has(matching: Matching) -> None:
    random, processes = Random(2), (matching, another_process(matching))
    offers: list[OfferPublished] = []
    for _ in range(60):
        events: list[OfferPublished | OfferChanged | OfferClosed] = []
        for _ in range(random.randint(1, 4)):
            known = random.choice(offers) if offers and random.random() < 0.7 else None
            if known is None:
                offers.append(an_offer(capacity=random.randint(0, 3)))
                events.append(offers[-1])
            elif random.random() < 0.2:
                events.append(OfferClosed(offer_id=known.offer_id, reason="withdrawn"))
                offers.remove(known)
            else:
                window = Window(first=FIRST_DAY, last=FIRST_DAY.replace(day=random.randint(2, 28)))
                active, capacity = random.random() < 0.8, random.randint(0, 3)
                events.append(
                    OfferChanged(offer_id=known.offer_id, active=active, windows=(window,), capacity=capacity)
                )
        await random.choice(processes).hears(*events)
        if random.random() < 0.5:
            await in_memory(random.choice(processes).database)
    expected = await rebuilt(matching.database)
    assert len(expected) > 10
    for process in processes:
        assert await in_memory(process.database) == expected


async def test_bookings_ratings_and_answers_change_every_offer_of_the_expert(matching: Matching) -> None:
    application, offer = an_application(), an_offer(capacity=3)
    beside = an_offer(member_id=offer.member_id, organisation=offer.organisation, themes=("waste",), dac=("14050",))
    await matching.hears(offer, beside, application)
    await in_memory(matching.database)
    await matching.agree(await matching.proposal(application))
    expected = await rebuilt(matching.database)
    assert await in_memory(matching.database) == expected
    async with matching.database.reading() as connection:
        (found,) = [one async for some in in_portions(connection, 9) for one in some if one.offer_id == offer.offer_id]
    assert (found.answered, found.accepted, found.reserved, len(found.booked)) == (1, 1, 1, 1)


async def test_who_has_not_looked_for_half_a_day_reads_everything_again(
    matching: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_memory(matching.database)
    await matching.hears(an_offer())
    async with matching.database.unit_of_work() as work:
        await work.connection.execute("UPDATE offer_changes SET changed_at = now() - interval '25 hours'")
        assert await forget_changes(work.connection) > 0
    living = living_in(matching.database)
    assert living._seen_at is not None
    monkeypatch.setattr(living, "_seen_at", living._seen_at.replace(year=2020))
    assert await in_memory(matching.database) == await rebuilt(matching.database) != {}


async def test_a_process_is_not_ready_before_it_has_read_the_offers(matching: Matching, tmp_path: Path) -> None:
    await matching.hears(*(an_offer() for _ in range(3)))
    fresh = another_process(matching)
    hosted = Hosted("matching", None, fresh.database, Readiness(), asyncio.Event())  # type: ignore[arg-type]
    async with offers_in_memory(lambda: tmp_path, hosted):
        part = hosted.readiness.parts["offers"]
        assert (part.ready, part.figures["offers_at_start"]) == (True, 3)
        application = an_application()
        await fresh.hears(application)
        assert (await fresh.search(application)).state is SearchState.PROPOSED


async def test_two_at_once_read_the_offers_once(matching: Matching) -> None:
    await matching.hears(an_offer(), an_offer())
    read: list[int] = []
    living = Living()

    async def look() -> None:
        async with matching.database.reading() as connection:
            await living.catch_up(connection, read.append)

    await asyncio.gather(*(look() for _ in range(4)))
    assert (len(living.index), read) == (2, [2])


async def test_an_offer_that_was_proposed_before_is_proposed_as_it_is_now(matching: Matching) -> None:
    """What was known of it for the first application is not what holds for the third."""
    offer, (first, second, third) = an_offer(years_in_role=2, capacity=5), (an_application() for _ in range(3))
    await matching.hears(offer, first, second)
    await another_process(matching).hears(offer.model_copy(update={"years_in_role": 9}))
    await matching.hears(third)
    before, now = (await matching.proposal(second)).contributions[1], (await matching.proposal(third)).contributions[1]
    assert ("years:2" in before.because, "years:9" in now.because) == (True, True)
