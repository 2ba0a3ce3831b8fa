"""After many random events the offers in memory are, bit by bit, those that are rebuilt from the database.

Offers come, change and go; applications find some of them, both sides agree or decline, experts are booked, moved and
set free, and rated.

    EVENTS=60000 make test TESTS=tests/integration/matching/test_random_events.py WORKERS=0 ARGS=-s

is the long run, with so many events of offers; it tells how far it is. It takes ten minutes on two cores; the engine
alone, at a million events, has a run in tests/unit/matching/test_offer_index.py.
"""

import os
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from services.matching.engine.index import OfferIndex
from services.matching.rules.proposals import OPEN, ProposalState
from services.matching.rules.views import ProposalView
from services.matching.storage.living import living_in
from services.matching.storage.offers import in_portions
from shared.events.base import Event
from shared.events.evaluation import EvaluationSubmitted, Rating, SurveyKind
from shared.events.exchange import ExchangeCancelled, ExchangeCompleted, ExchangeScheduled
from shared.events.intake import ApplicationValidated, OfferChanged, OfferClosed, OfferPublished
from shared.postgres.unit_of_work import Database
from shared.primitives.errors import Rejected
from tests.builders.market import Market
from tests.builders.market_events import published, validated, windows
from tests.integration.matching.conftest import Matching

EVENTS = int(os.environ.get("EVENTS", "3000"))
AT_ONCE, STEPS, TELL_EVERY = 150, 20, 20_000
ORGANISATIONS = max(100, EVENTS // 500)  # so few that an expert's bookings and ratings are of several offers
# What has happened, at the end, at least once.
MET = {"ExchangeCancelled", "ExchangeScheduled", "EvaluationSubmitted", "confirmed", "accepted-by-offerer", "declined"}
OfferEvent = OfferPublished | OfferChanged | OfferClosed


def happens(market: Market, random: Random) -> Iterator[OfferEvent]:
    """Offers come, change, come again in another shape, and go, for ever."""
    there: list[UUID] = []
    while True:
        fresh = next(market.offers(1, organisations=ORGANISATIONS))
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
                offer_id=known.offer_id, active=known.active, windows=windows(known.windows), capacity=known.capacity
            )


@dataclass
class Cases:
    """Applications, and what becomes of them: proposals, answers, matches, and what exchanges and surveys tell."""

    market: Market
    random: Random
    alive: list[ApplicationValidated] = field(default_factory=list)
    begun: set[UUID] = field(default_factory=set)
    met: Counter[str] = field(default_factory=Counter)

    async def go_on(self, process: Matching) -> None:
        """A new application, or the next thing in the life of one that is there."""
        if not self.alive or self.random.random() < 0.25:
            await self._begins(process)
            return
        application = self.random.choice(self.alive)
        proposals = await process.proposals(application)
        match = next((one for one in proposals if one.state is ProposalState.CONFIRMED), None)
        waiting = [one for one in proposals if one.state in OPEN]
        if match is not None:
            news = self._news(match)
            self.met[type(news).__name__] += 1
            await process.hears(news)
        elif waiting:
            await self._is_answered(process, self.random.choice(waiting))
        else:
            self.alive.remove(application)

    async def _begins(self, process: Matching) -> None:
        request = self.market.request(ORGANISATIONS)
        if request.application_id in self.begun:  # one of the few that offers answer
            request = replace(request, application_id=UUID(int=self.random.getrandbits(127)))
        self.begun.add(request.application_id)
        self.alive.append(validated(request))
        await process.hears(self.alive[-1])

    async def _is_answered(self, process: Matching, proposal: ProposalView) -> None:
        somebody = self.random.choice((proposal.offerer_id, proposal.requester_id))
        try:
            if self.random.random() < 0.2:
                answered = await process.declines(somebody, proposal.proposal_id)
            elif self.random.random() < 0.5:
                answered = await process.agree(proposal)
            else:
                answered = await process.accepts(somebody, proposal.proposal_id)
        except Rejected as refused:  # the expert is taken on these days, or who accepts has accepted before
            self.met[refused.code] += 1
        else:
            self.met[answered.state] += 1

    def _news(self, match: ProposalView) -> Event:
        ids = {"exchange_id": match.proposal_id, "application_id": match.application_id}
        moved = match.first + timedelta(days=self.random.randint(-20, 20))
        return self.random.choice(
            (
                ExchangeCancelled(**ids, proposal_id=match.proposal_id, reason="visa"),
                ExchangeScheduled(**ids, first=moved, last=moved + timedelta(days=4), participants=3, online=False),
                ExchangeCompleted(**ids, completed_on=match.last, days=3),
                EvaluationSubmitted(
                    **ids,
                    survey_id=UUID(int=self.random.getrandbits(127)),
                    respondent_id=match.requester_id,
                    kind=SurveyKind.AFTER,
                    ratings=tuple(
                        Rating(item=item, value=self.random.randint(1, 5)) for item in ("use", "fit", "pace")
                    ),
                ),
            )
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
    market = Market(seed=13)
    events, cases, done = happens(market, random), Cases(market, random), 0
    while done < EVENTS:
        batch = [next(events) for _ in range(min(random.randint(1, 2 * AT_ONCE), EVENTS - done))]
        await random.choice(processes).hears(*batch)
        done += len(batch)
        for _ in range(STEPS):
            await cases.go_on(random.choice(processes))
        for process in processes:
            if random.random() < 0.7:
                async with process.database.reading() as connection:
                    await living_in(process.database).catch_up(connection)
        if done // TELL_EVERY > (done - len(batch)) // TELL_EVERY:
            sys.stderr.write(f"{done:,} of {EVENTS:,} events, {len(living_in(matching.database).index):,} offers\n")

    fresh = await rebuilt(matching.database)
    assert len(fresh) > EVENTS // 10
    assert await matching.dead_letters() == []
    assert set(cases.met) >= MET, cases.met
    for process in processes:
        async with process.database.reading() as connection:
            await living_in(process.database).catch_up(connection)
        index = living_in(process.database).index
        assert index.content() == fresh.content()
        assert index.expectations() == fresh.expectations()
