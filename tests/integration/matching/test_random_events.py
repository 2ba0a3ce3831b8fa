"""After many random events the offers in memory are, bit by bit, those that are rebuilt from the database.

    EVENTS=1000000 make test TESTS=tests/integration/matching/test_random_events.py WORKERS=0 ARGS=-s

is the long run; it tells how far it is.
"""

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from uuid import UUID

import pytest

from services.matching.engine.index import OfferIndex
from services.matching.engine.values import Candidate
from services.matching.storage.living import living_in
from services.matching.storage.offers import in_portions
from shared.events.base import LanguageSkill, Window
from shared.events.intake import OfferChanged, OfferClosed, OfferPublished
from shared.postgres.unit_of_work import Database
from tests.builders.market import Market
from tests.builders.matching import an_offer, an_organisation
from tests.integration.matching.conftest import Matching

EVENTS = int(os.environ.get("EVENTS", "3000"))
AT_ONCE, TELL_EVERY = 500, 20_000
OfferEvent = OfferPublished | OfferChanged | OfferClosed


def published(offer: Candidate) -> OfferPublished:
    """The event that brings such an offer."""
    organisation = an_organisation(
        offer.place.country, organisation_id=offer.organisation_id, population=offer.place.population
    )
    return an_offer(
        offer_id=offer.offer_id,
        organisation=organisation,
        member_id=offer.member_id,
        answers=offer.answers,
        themes=tuple(sorted(offer.themes)),
        sdgs=tuple(sorted(offer.sdgs)),
        dac=tuple(sorted(offer.dac)),
        modes=offer.modes,
        position=offer.position,
        years_in_role=offer.years_in_role,
        languages=tuple(LanguageSkill(language=name, level=level) for name, level in offer.languages.items()),
        windows=windows(offer),
        capacity=offer.capacity,
        days_a_year=offer.days_a_year or 0,
    )


def windows(offer: Candidate) -> tuple[Window, ...]:
    return tuple(Window(first=days.first, last=min(days.last, days.last.replace(year=9000))) for days in offer.windows)


def happens(market: Market, random: Random) -> Iterator[OfferEvent]:
    """Offers come, change, come again in another shape, and go, for ever."""
    there: list[UUID] = []
    while True:
        fresh = next(market.offers(1, organisations=2_000))
        if not there or random.random() < 0.35:
            there.append(fresh.offer_id)
            yield published(fresh)
            continue
        at = random.randrange(len(there))
        known = replace(fresh, offer_id=there[at])
        if random.random() < 0.2:
            there[at], there[-1] = there[-1], there[at]
            there.pop()
            yield OfferClosed(offer_id=known.offer_id, reason="withdrawn")
        elif random.random() < 0.3:
            yield published(known)
        else:
            yield OfferChanged(
                offer_id=known.offer_id, active=known.active, windows=windows(known), capacity=known.capacity
            )


async def rebuilt(database: Database) -> OfferIndex:
    index = OfferIndex()
    async with database.reading() as connection:
        async for some in in_portions(connection, 1000):
            for candidate in some:
                index.put(candidate)
    return index


@pytest.mark.timeout(max(300, EVENTS // 50))
async def test_after_many_random_events_it_is_the_index_that_is_rebuilt(matching: Matching) -> None:
    random, processes = Random(13), (matching, Matching(replace(matching.database, memory={}), matching.arriving))
    events, done = happens(Market(seed=13), random), 0
    while done < EVENTS:
        batch = [next(events) for _ in range(min(random.randint(1, 2 * AT_ONCE), EVENTS - done))]
        await random.choice(processes).hears(*batch)
        done += len(batch)
        for process in processes:
            if random.random() < 0.7:
                async with process.database.reading() as connection:
                    await living_in(process.database).catch_up(connection)
        if done // TELL_EVERY > (done - len(batch)) // TELL_EVERY:
            sys.stderr.write(f"{done:,} of {EVENTS:,} events, {len(living_in(matching.database).index):,} offers\n")
    fresh = await rebuilt(matching.database)
    assert len(fresh) > EVENTS // 10
    assert await matching.dead_letters() == []
    for process in processes:
        async with process.database.reading() as connection:
            await living_in(process.database).catch_up(connection)
        index = living_in(process.database).index
        assert index.content() == fresh.content()
        assert index.expectations() == fresh.expectations()
