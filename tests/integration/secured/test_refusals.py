"""A service that Kafka turns away stays up, loses nothing, and says who lacks what; when it is mended, it goes on."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast
from uuid import uuid4

import pytest
from aiokafka.errors import KafkaConnectionError
from pydantic import SecretStr

from deploy.embedded.certificates import new_certificates
from deploy.embedded.kafka_access import Granted, grant
from deploy.embedded.testing import EmbeddedServers
from shared.events.catalogue import SERVICES
from shared.events.intake import ApplicationWithdrawn
from shared.primitives.readiness import Readiness
from shared.streaming.batch import BatchProcessor
from shared.streaming.consumer import Consumer
from shared.streaming.refusals import explain
from shared.streaming.relay import Relay
from shared.streaming.settings import KafkaSettings
from tests.conftest import OpenDatabase, postgres_settings

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120), pytest.mark.xdist_group("secured kafka")]


@dataclass
class Taken:
    """Takes every batch and does nothing with it."""

    messages: int = 0

    async def apply(self, items: Sequence[object]) -> None:
        self.messages += len(items)


@dataclass
class Listening:
    """A consumer of the service matching, which may be somewhat wrong."""

    kafka: KafkaSettings
    group: str = "matching"
    topics: tuple[str, ...] = ("intake.applications",)
    taken: Taken = field(default_factory=Taken)
    readiness: Readiness = field(default_factory=Readiness)

    def role(self) -> Consumer:
        processor = cast(BatchProcessor, self.taken)
        return Consumer(self.group, self.topics, self.kafka, processor, self.readiness, session=6.0)


@asynccontextmanager
async def running(role: Consumer | Relay) -> AsyncIterator[None]:
    stopping = asyncio.Event()
    task = asyncio.create_task(role.run(stopping))
    try:
        yield
        assert not task.done(), "it did not stay up"
    finally:
        stopping.set()
        await asyncio.wait_for(task, 30)


async def says(readiness: Readiness, words: str, part: str = "react") -> None:
    """Wait until the reason why it is not ready has these words."""
    async with asyncio.timeout(40):
        while words not in (readiness.parts[part].reason if part in readiness.parts else ""):
            await asyncio.sleep(0.05)


def passwords_of(servers: EmbeddedServers) -> dict[str, str]:
    settings = {service: servers.kafka_settings(service).password for service in SERVICES}
    return {service: word.get_secret_value() for service, word in settings.items() if word}


async def test_a_wrong_password_is_named_and_the_service_goes_on_when_it_is_set(servers: EmbeddedServers) -> None:
    """Breaks when the client's own error, which only says that it could not connect, is all that is told."""
    right = servers.kafka_settings("matching")
    listening = Listening(right.model_copy(update={"password": SecretStr("another-word")}))
    async with running(listening.role()):
        await says(listening.readiness, "refuses the password of connect_matching")
        assert not listening.taken.messages
        passwords = passwords_of(servers)
        await asyncio.to_thread(grant, servers.kafka_administrator, passwords | {"matching": "another-word"})
        async with asyncio.timeout(40):
            while not listening.taken.messages:
                await asyncio.sleep(0.05)
        await asyncio.to_thread(grant, servers.kafka_administrator, passwords)


async def test_a_group_of_another_is_refused_by_name(servers: EmbeddedServers) -> None:
    """Breaks when a refusal is told as if Kafka were away."""
    listening = Listening(servers.kafka_settings("matching"), group="exchange")
    async with running(listening.role()):
        await says(listening.readiness, "does not let connect_matching join the group exchange; `connect prepare perm")


async def test_a_topic_that_may_not_be_read_does_not_end_the_process(servers: EmbeddedServers) -> None:
    """This refusal comes after the group was joined. Breaks when it ends the process."""
    listening = Listening(servers.kafka_settings("matching"), topics=("matching.proposals",))
    async with running(listening.role()):
        await says(listening.readiness, "does not let connect_matching read matching.proposals")


async def test_a_relay_that_may_not_write_keeps_what_it_could_not_send(
    servers: EmbeddedServers, open_database: OpenDatabase
) -> None:
    """Breaks when a row is deleted without its acknowledgement, or the reason is only an error's name."""
    database = await open_database("shared")
    async with database.unit_of_work() as work:
        work.announce(ApplicationWithdrawn(application_id=uuid4(), reason="no-budget"), case=uuid4())
    where = postgres_settings(servers, await database.pool.fetchval("SELECT current_database()"))

    def relay_of(service: str) -> Relay:
        return Relay(service, where, servers.kafka_settings(service), Readiness())

    wrong = relay_of("matching")
    async with running(wrong):
        await says(wrong.readiness, "does not let connect_matching write intake.applications", part="relay")
    assert await database.pool.fetchval("SELECT count(*) FROM outbox") == 1
    async with running(relay_of("intake")), asyncio.timeout(40):
        while await database.pool.fetchval("SELECT count(*) FROM outbox"):
            await asyncio.sleep(0.05)


async def test_what_keeps_a_connection_from_being_made_is_told(servers: EmbeddedServers, tmp_path: Path) -> None:
    """Breaks when the three are told alike, though each has a remedy of its own."""
    right = servers.kafka_settings("matching")
    stranger = tmp_path / "stranger.pem"
    stranger.write_text(new_certificates(["127.0.0.1"], datetime.now(UTC)).authority)
    plain = KafkaSettings(bootstrap=right.bootstrap)
    unknown = right.model_copy(update={"ca_file": stranger})
    away = right.model_copy(update={"bootstrap": "127.0.0.1:9"})
    told = [await explain(KafkaConnectionError(), kafka, wish="read") for kafka in (plain, unknown, away, right)]
    assert "set CONNECT_KAFKA_SECURITY_PROTOCOL" in told[0]
    assert "is not the Kafka that CONNECT_KAFKA_CA_FILE vouches for" in told[1]
    assert told[2] == told[3] == "Kafka can't be reached (KafkaConnectionError); trying again"


def test_granting_again_changes_nothing_and_takes_back_what_is_too_much(servers: EmbeddedServers) -> None:
    """Breaks when entries are only added: a right that a release no longer gives would stay for ever."""
    administrator, passwords = servers.kafka_administrator, passwords_of(servers)
    assert grant(administrator, passwords) == Granted(added=0, removed=0)
    without_exchange = {service: word for service, word in passwords.items() if service != "exchange"}
    taken_back = grant(administrator, without_exchange)
    assert (taken_back.added, taken_back.removed > 5) == (0, True)
    assert grant(administrator, passwords).added == taken_back.removed - 1  # the user is no entry
