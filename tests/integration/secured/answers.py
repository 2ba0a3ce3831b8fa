"""What a Kafka answers to one user's wishes. Each is asked in the way in which the product's own client would."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import (
    GroupAuthorizationFailedError,
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    NoError,
    NotCoordinatorForGroupError,
    TopicAuthorizationFailedError,
    UnknownMemberIdError,
    for_code,
)
from aiokafka.protocol.commit import OffsetFetchRequest
from aiokafka.protocol.fetch import FetchRequest
from aiokafka.protocol.group import HeartbeatRequest

from shared.streaming.settings import KafkaSettings

NODE = 1
PARTITION = 0
A_LOT = 1_000_000
# The right is looked at before the group is, and a group that nobody uses yet may still lack its coordinator.
NOT_REFUSED = (
    NoError,
    UnknownMemberIdError,
    GroupCoordinatorNotAvailableError,
    GroupLoadInProgressError,
    NotCoordinatorForGroupError,
)


@dataclass(frozen=True)
class Asker:
    """One user with one connection."""

    client: AIOKafkaClient
    producer: AIOKafkaProducer

    async def may_write(self, topics: Iterable[str]) -> set[str]:
        """The topics that take an event from a producer like the relay's."""
        return {topic for topic in topics if await self._writes(topic)}

    async def may_read(self, topics: Iterable[str]) -> set[str]:
        """The topics of which the broker hands out messages; there must be some in all of them."""
        wanted = [(topic, [(PARTITION, 0, A_LOT)]) for topic in topics]
        answer = await self.client.send(NODE, FetchRequest(0, 1, A_LOT, 0, wanted))
        return {topic for topic, (partition,) in answer.topics if _hands_out(partition)}

    async def may_join(self, groups: Iterable[str]) -> set[str]:
        """The groups that object no more than that this user is no member yet."""
        asked = {group: await self.client.send(NODE, HeartbeatRequest(group, 0, "nobody")) for group in groups}
        return _allowed(asked)

    async def may_look_at(self, groups: Iterable[str]) -> set[str]:
        """The groups whose committed offsets this user is told."""
        asked = {group: await self.client.send(NODE, OffsetFetchRequest(group, None)) for group in groups}
        return _allowed(asked)

    async def _writes(self, topic: str) -> bool:
        try:
            await self.producer.send_and_wait(topic, b"{}", partition=PARTITION)
        except TopicAuthorizationFailedError:
            return False
        return True


@asynccontextmanager
async def asking(kafka: KafkaSettings) -> AsyncIterator[Asker]:
    """Somebody who has signed in."""
    async with AIOKafkaProducer(**kafka.client_options(), enable_idempotence=True) as producer:
        client: AIOKafkaClient = producer.client
        await client.ready(NODE)
        yield Asker(client, producer)


def _hands_out(partition: tuple[Any, ...]) -> bool:
    _, code, *_, messages = partition
    assert for_code(code) in (NoError, TopicAuthorizationFailedError)
    assert messages or code
    return for_code(code) is NoError


def _allowed(answers: Mapping[str, Any]) -> set[str]:
    codes = {name: for_code(answer.error_code) for name, answer in answers.items()}
    assert set(codes.values()) <= {GroupAuthorizationFailedError, *NOT_REFUSED}
    return {name for name, code in codes.items() if code is not GroupAuthorizationFailedError}
