"""What a member says of itself while its partitions come and go, while Kafka does, and while a batch fails."""

import asyncio
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import cast

import pytest
from aiokafka import ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaConnectionError

from shared.primitives.readiness import Readiness
from shared.streaming import consumer, membership
from shared.streaming.batch import BatchProcessor
from shared.streaming.consumer import SESSION, Consumer
from shared.streaming.member_name import Name
from shared.streaming.settings import KafkaSettings

OFFERS, APPLICATIONS = TopicPartition("intake.offers", 0), TopicPartition("intake.applications", 3)


class FakeKafka:
    """A client with partitions, which the test gives and takes, an end of each, and the messages that it puts there."""

    listener: ConsumerRebalanceListener

    def __init__(self) -> None:
        self.starts = 0
        self.held: set[TopicPartition] = set()
        self.gone_meanwhile: set[TopicPartition] = set()
        self.is_away = False
        self.messages: list[dict[TopicPartition, list[SimpleNamespace]]] = []
        self.empty_answers = 0

    async def give(self, *places: TopicPartition) -> None:
        await self.listener.on_partitions_revoked(self.held)
        self.held = set(places)
        await self.listener.on_partitions_assigned(self.held)

    def subscribe(self, _: Collection[str], *, listener: ConsumerRebalanceListener) -> None:
        self.listener = listener

    async def start(self) -> None:
        self.starts += 1
        coordination = asyncio.create_task(asyncio.sleep(0))
        self._coordinator = SimpleNamespace(
            member_id="member-1", _coordination_task=coordination, reset_generation=lambda: None
        )

    async def stop(self) -> None:
        pass

    def assignment(self) -> set[TopicPartition]:
        return self.held

    async def getmany(self, **_: int) -> dict[TopicPartition, list[SimpleNamespace]]:
        await asyncio.sleep(0.01)
        if self.messages:
            return self.messages.pop()
        self.empty_answers += 1
        return {}

    def pause(self, *_: TopicPartition) -> None:
        pass

    def resume(self, *_: TopicPartition) -> None:
        pass

    def seek(self, *_: object) -> None:
        pass

    async def end_offsets(self, places: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        if self.is_away:
            raise KafkaConnectionError
        return dict.fromkeys(places, 100)

    async def position(self, place: TopicPartition) -> int:
        if place in self.gone_meanwhile:
            raise IllegalStateError(f"Partition {place} is not assigned")
        return 93


@pytest.fixture
def kafka(monkeypatch: pytest.MonkeyPatch) -> FakeKafka:
    fake = FakeKafka()
    monkeypatch.setattr(Name, "client", lambda *_: fake)
    return fake


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has lost a place asks for another at once."""
    monkeypatch.setattr(membership, "ASK_EVERY", 0.0)


class Fails:
    """A processor to which every batch is a defect."""

    async def apply(self, _: object) -> None:
        raise LookupError("a defect")


@asynccontextmanager
async def a_member(processor: object = None, session: float = SESSION) -> AsyncIterator[Consumer]:
    consumer = Consumer(
        group="test",
        topics=(OFFERS.topic, APPLICATIONS.topic),
        settings=KafkaSettings(bootstrap="127.0.0.1:9"),
        processor=cast(BatchProcessor, processor),
        readiness=Readiness(),
        session=session,
    )
    stopping = asyncio.Event()
    running = asyncio.create_task(consumer.run(stopping))
    while not consumer.readiness.parts.get("react"):
        await asyncio.sleep(0)
    try:
        yield consumer
    finally:
        stopping.set()
        await running


async def test_a_topic_of_which_others_have_all_partitions_is_no_lag_of_ours(kafka: FakeKafka) -> None:
    async with a_member() as consumer:
        assert await consumer.lag() is None
        await kafka.give(OFFERS, APPLICATIONS)
        assert await consumer.lag() == {OFFERS.topic: 7, APPLICATIONS.topic: 7}
        await kafka.give(OFFERS)
        assert await consumer.lag() == {OFFERS.topic: 7, APPLICATIONS.topic: 0}
        await kafka.give()
        assert await consumer.lag() == {OFFERS.topic: 0, APPLICATIONS.topic: 0}


async def test_while_kafka_is_away_the_lag_is_not_known_and_the_member_not_ready(kafka: FakeKafka) -> None:
    async with a_member() as consumer:
        await kafka.give(OFFERS)
        kafka.is_away = True
        assert await consumer.lag() is None
        assert "Kafka does not answer" in consumer.readiness.parts["react"].reason


async def test_a_rebalance_between_two_questions_is_no_absence_of_kafka(kafka: FakeKafka) -> None:
    async with a_member() as consumer:
        await kafka.give(OFFERS, APPLICATIONS)
        kafka.gone_meanwhile = {APPLICATIONS}
        assert await consumer.lag() is None
        assert "Kafka does not answer" not in consumer.readiness.parts["react"].reason


async def test_a_client_to_which_kafka_says_nothing_for_a_session_is_replaced(kafka: FakeKafka, at_once: None) -> None:
    async with a_member(session=0.05) as member:
        await kafka.give(OFFERS)
        kafka.is_away = True
        async with asyncio.timeout(10):
            while kafka.starts < 2:
                assert await member.lag() is None
                await asyncio.sleep(0.01)
        kafka.is_away = False
        await kafka.give(OFFERS)
        assert await member.lag() == {OFFERS.topic: 7, APPLICATIONS.topic: 0}


async def test_a_silence_that_was_broken_counts_from_the_next(kafka: FakeKafka, at_once: None) -> None:
    """Breaks when two short absences, far apart, count as one that has lasted."""
    async with a_member(session=0.05) as member:
        await kafka.give(OFFERS)
        for _ in range(10):
            kafka.is_away = True
            await member.lag()
            kafka.is_away = False
            await member.lag()
            await asyncio.sleep(0.01)
        assert kafka.starts == 1


async def test_a_client_to_which_the_group_gives_no_place_is_replaced(
    kafka: FakeKafka, at_once: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(consumer, "POLL_WITHIN", 0.05)
    async with a_member(session=0.05) as member:
        async with asyncio.timeout(10):
            while kafka.starts < 2:
                assert await member.lag() is None
                await asyncio.sleep(0.01)
        await kafka.give()
        starts = kafka.starts
        for _ in range(20):
            await member.lag()  # no partitions are a place, too
            await asyncio.sleep(0.01)
        assert kafka.starts == starts


async def test_an_empty_answer_while_a_batch_fails_is_not_all_well(kafka: FakeKafka) -> None:
    """Breaks when nothing to do counts as readiness although the batch before is undone and will come again."""
    message = SimpleNamespace(
        topic=OFFERS.topic, partition=0, offset=93, timestamp=0, key=None, headers=(), value=b"{}"
    )
    async with a_member(Fails()) as consumer:
        kafka.messages.append({OFFERS: [message]})
        await kafka.give(OFFERS)
        async with asyncio.timeout(10):
            while "LookupError" not in consumer.readiness.parts["react"].reason:
                await asyncio.sleep(0.01)
            until = kafka.empty_answers + 30  # more than come while the batch is held back
            while kafka.empty_answers < until:
                await asyncio.sleep(0.01)
        assert consumer.readiness.parts["react"].reason == "LookupError: the batch is tried again"
