"""What one test plays on: servers of its own, a name of its own, two databases, and the processes that it starts."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.protocol.admin import DeleteGroupsRequest
from pydantic import SecretStr

from deploy.embedded.testing import EmbeddedServers
from shared.postgres import pool
from shared.postgres.migrate import migrate, read_migrations
from shared.postgres.settings import PostgresSettings
from shared.postgres.unit_of_work import Database
from tests.chaos import caller_service, echo_service
from tests.chaos.checker import Counts, judge
from tests.chaos.driver import Caller
from tests.chaos.evidence import IN, Marks, Place, collect, marks
from tests.chaos.kill_points import KillPoint
from tests.chaos.processes import HOST, PATIENCE, Processes, Running, until
from tests.conftest import create_database

SMALL_BATCH = 20
NAMELESS = {"CONNECT_GROUP_INSTANCE_ID": ""}  # a member that leaves its group when it ends


@dataclass
class Stage:
    """One test's echo and caller. `name` is the echo's: its consumer group, and the end of its database's name."""

    servers: EmbeddedServers
    name: str
    since: Marks
    processes: Processes
    closing: AsyncExitStack
    applications: list[UUID] = field(default_factory=lambda: [uuid4() for _ in range(24)])

    def echo(
        self,
        role: str = "all",
        *,
        kill: tuple[KillPoint, int] | None = None,
        postgres_port: int | None = None,
        environment: Mapping[str, str] | None = None,
        port: int | None = None,
    ) -> Running:
        """Start the echo, or one of its roles; with `kill` it dies at that passage of that point."""
        own = {"CHAOS_BATCH": str(SMALL_BATCH), "CONNECT_GROUP_INSTANCE_ID": f"{self.name}-1"}
        own |= {"CHAOS_KILL": f"{kill[0]}:{kill[1]}"} if kill else {}
        surroundings = self._surroundings(self.name, postgres_port) | own | dict(environment or {})
        return self.processes.start("tests.chaos.echo_service", role, surroundings, port=port)

    def caller_relay(
        self, *, kill: tuple[KillPoint, int] | None = None, environment: Mapping[str, str] | None = None
    ) -> Running:
        """Start the relay that carries what the caller says."""
        own = {"CHAOS_BATCH": str(SMALL_BATCH)} | ({"CHAOS_KILL": f"{kill[0]}:{kill[1]}"} if kill else {})
        surroundings = self._surroundings(f"{self.name}_caller") | own | dict(environment or {})
        return self.processes.start("tests.chaos.caller_service", "relay", surroundings)

    def desk(self, role: str = "http", *, environment: Mapping[str, str] | None = None) -> Running:
        """Start a desk, at which a test can say things over HTTP; its relay is the caller's."""
        surroundings = self._surroundings(f"{self.name}_caller") | dict(environment or {})
        return self.processes.start("tests.chaos.desk_service", role, surroundings)

    async def caller(self) -> Caller:
        """Somebody who announces in the caller's database."""
        opened = await pool.open_pool(self._postgres(f"{self.name}_caller"), application="chaos caller")
        self.closing.callback(opened.terminate)
        return Caller(Database(opened, "caller"))

    async def echo_database(self) -> Database:
        """The echo's database, for settling dead letters and for mending what a test broke."""
        opened = await pool.open_pool(self._postgres(self.name), application="chaos test")
        self.closing.callback(opened.terminate)
        return Database(opened, self.name)

    async def heard(self) -> int:
        """How many state rows the echo has committed."""
        return int(await self._ask(self.echo_dsn, "SELECT count(*) FROM heard"))

    async def more_is_heard(self, more: int = 50) -> None:
        """Wait until the echo has committed so many more state rows than it has now."""
        goal = await self.heard() + more

        async def is_heard() -> bool:
            return await self.heard() >= goal

        await until(f"{goal} events are heard", is_heard)

    async def all_is_heard(self, seconds: float = PATIENCE) -> None:
        """Wait until the echo has committed whatever the caller has said until now."""
        said = await self._ask(self.caller_dsn, "SELECT array_agg(event_id) FROM said")

        async def is_heard() -> bool:
            heard = await self._ask(self.echo_dsn, "SELECT count(*) FROM heard WHERE event_id = ANY($1)", said)
            return bool(heard == len(said))

        await until(f"the first {len(said)} events are heard", is_heard, seconds)

    async def at_rest(self) -> None:
        """Wait until every outbox is empty and the group has acknowledged all that is on the topic."""
        await until("the caller's outbox is empty", self._caller_is_done)
        await until("every message is acknowledged", self._all_acknowledged)
        await until("the echo's outbox is empty", self._echo_is_done)

    async def invariant_holds(self, bad: Mapping[Place, str] | None = None) -> Counts:
        """Collect the evidence, judge it, and fail with every violation; returns the counts."""
        evidence = await collect(self.servers.kafka_bootstrap, self.since, self.echo_dsn, self.caller_dsn)
        verdict = judge(evidence, bad)
        assert not verdict.violations, f"{verdict.counts}\n" + "\n".join(verdict.violations)
        return verdict.counts

    @property
    def echo_dsn(self) -> str:
        """The echo's database, for questions and damage that no unit of work should meet."""
        return self.servers.postgres_dsn(_database(self.name), "postgres")

    @property
    def caller_dsn(self) -> str:
        """The caller's database."""
        return self.servers.postgres_dsn(_database(f"{self.name}_caller"), "postgres")

    async def unacknowledged(self) -> int:
        """How many messages on the topic the group has not acknowledged."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.servers.kafka_bootstrap)
        await admin.start()
        try:
            committed = await admin.list_consumer_group_offsets(self.name)
        finally:
            await admin.close()
        ends = await marks(self.servers.kafka_bootstrap)
        reached = {**self.since, **{place: done.offset for place, done in committed.items()}}
        return sum(end - reached[place] for place, end in ends.items() if place.topic == IN)

    async def has_members(self, number: int) -> bool:
        """Whether so many processes are in the group, with those that have died and are not missed yet."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.servers.kafka_bootstrap)
        await admin.start()
        try:
            (answer,) = await admin.describe_consumer_groups([self.name])
        finally:
            await admin.close()
        return len(answer.groups[0][5]) == number

    async def forget_place(self) -> None:
        """Let Kafka forget the group, as after an absence that outlasts its offsets. The topic begins where we did."""
        await until("the group is empty", lambda: self.has_members(0))
        before = {place: RecordsToDelete(end) for place, end in self.since.items() if place.topic == IN}
        admin = AIOKafkaAdminClient(bootstrap_servers=self.servers.kafka_bootstrap)
        await admin.start()
        try:
            coordinator = await admin.find_coordinator(self.name)
            answer = await admin._send_request(DeleteGroupsRequest([self.name]), coordinator)
            assert list(answer.results) == [(self.name, 0)]
            await admin.delete_records(before)
        finally:
            await admin.close()

    async def cut_off_relay(self) -> bool:
        """End the session of the caller's relay that holds the lock now; returns whether there was one."""
        question = """
            SELECT count(pg_terminate_backend(pid)) FROM pg_locks JOIN pg_stat_activity USING (pid)
            WHERE locktype = 'advisory' AND granted AND application_name LIKE '%caller relay' AND datname = $1
            """
        return bool(await self._ask(self.servers.admin_dsn, question, _database(f"{self.name}_caller")))

    async def prepare(self) -> None:
        """Make the databases, and let the group begin where the topic ends now."""
        for name, service in ((self.name, echo_service), (f"{self.name}_caller", caller_service)):
            await create_database(self.servers, _database(name), template="template0")
            await self._migrate(name, service)
        inputs = {place: end for place, end in self.since.items() if place.topic == IN}
        await begin_at(self.servers.kafka_bootstrap, self.name, inputs)

    async def _migrate(self, name: str, service: ModuleType) -> None:
        connection = await pool.connect(self._postgres(name), application="chaos migrations")
        try:
            await migrate(connection, read_migrations(name, service.MIGRATIONS))
        finally:
            await connection.close()

    async def _all_acknowledged(self) -> bool:
        return await self.unacknowledged() == 0

    async def _echo_is_done(self) -> bool:
        return not await self._ask(self.echo_dsn, "SELECT count(*) FROM outbox")

    async def _caller_is_done(self) -> bool:
        return not await self._ask(self.caller_dsn, "SELECT count(*) FROM outbox")

    async def _ask(self, dsn: str, question: str, *arguments: object) -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(question, *arguments)
        finally:
            await connection.close()

    def _surroundings(self, name: str, postgres_port: int | None = None) -> dict[str, str]:
        return {
            "CHAOS_NAME": name,
            "CONNECT_KAFKA_BOOTSTRAP": self.servers.kafka_bootstrap,
            "CONNECT_POSTGRES_HOST": HOST,
            "CONNECT_POSTGRES_PORT": str(postgres_port or self.servers.postgres_port),
            "CONNECT_POSTGRES_DATABASE": _database(name),
            "CONNECT_POSTGRES_USER": "postgres",
            "CONNECT_POSTGRES_PASSWORD": self.servers.postgres_password("postgres"),
        }

    def _postgres(self, name: str) -> PostgresSettings:
        password = SecretStr(self.servers.postgres_password("postgres"))
        return PostgresSettings(
            host=HOST, port=self.servers.postgres_port, database=_database(name), user="postgres", password=password
        )


def _database(name: str) -> str:
    return f"chaos_{name}"


async def begin_at(bootstrap: str, group: str, places: Mapping[TopicPartition, int]) -> None:
    """Set the offsets of a group that has no members."""
    async with AIOKafkaConsumer(bootstrap_servers=bootstrap, group_id=group, enable_auto_commit=False) as kafka:
        kafka.assign(list(places))
        await kafka.commit(dict(places))


@asynccontextmanager
async def a_stage(servers: EmbeddedServers) -> AsyncIterator[Stage]:
    """A fresh stage on running servers; at the end no process of it is left."""
    async with AsyncExitStack() as closing:
        processes = Processes()
        closing.push_async_callback(processes.end)
        since = await marks(servers.kafka_bootstrap)
        stage = Stage(servers, f"echo_{uuid4().hex[:8]}", since, processes, closing)
        await stage.prepare()
        yield stage
