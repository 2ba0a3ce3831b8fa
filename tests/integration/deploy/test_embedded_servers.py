"""The servers that tests stand on: they come back, keep what they had, and leave nothing."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import asyncpg
import psutil
import pytest

from deploy.embedded.endings import left_after
from deploy.embedded.kafka_access import grant
from deploy.embedded.layout import SERVICES
from deploy.embedded.postgres import ADMIN
from deploy.embedded.probes import kafka_answers
from deploy.embedded.provision import Access, database_of, provision
from deploy.embedded.testing import EmbeddedServers
from deploy.errors import OperatorError
from shared.streaming.topics import KafkaError, ensure_topics, missing_topics

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def own_servers() -> Iterator[EmbeddedServers]:
    """Servers of this module alone, since its tests end them."""
    servers = EmbeddedServers()
    servers.start()
    yield servers
    servers.stop()


def _access(servers: EmbeddedServers) -> Access:
    return Access("127.0.0.1", servers.postgres_port, ADMIN, servers.postgres_password(ADMIN))


async def _query(servers: EmbeddedServers, sql: str) -> object:
    connection = await asyncpg.connect(servers.postgres_dsn("connect_intake", "connect_intake"))
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


async def test_a_killed_postgres_comes_back_with_what_was_committed(own_servers: EmbeddedServers) -> None:
    await _query(own_servers, "CREATE TABLE kept AS SELECT 42 AS answer")
    own_servers.kill_postgres()
    with pytest.raises(OSError, match=r"refused|Connect call failed"):
        await _query(own_servers, "SELECT 1")
    own_servers.restart_postgres()
    assert await _query(own_servers, "SELECT answer FROM kept") == 42


async def test_a_killed_kafka_comes_back_with_its_topics(own_servers: EmbeddedServers) -> None:
    kafka = own_servers.kafka_administrator
    assert await ensure_topics(kafka)
    own_servers.kill_kafka()
    assert not kafka_answers(kafka)
    own_servers.restart_kafka()
    assert await ensure_topics(kafka) == []


async def test_a_data_folder_from_before_there_were_users_is_closed_with_its_topics(
    own_servers: EmbeddedServers,
) -> None:
    """Breaks when the administrator is made at the formatting of the folder, which an older one had without it."""
    await ensure_topics(own_servers.kafka_administrator)
    everybody = own_servers.kafka_administrator
    with pytest.raises(OperatorError, match=r"authorizer"):
        await asyncio.to_thread(grant, everybody, {"intake": "x"})
    await asyncio.to_thread(own_servers.secure_kafka)
    assert await missing_topics(own_servers.kafka_settings("monitor")) == []
    with pytest.raises(KafkaError):
        await missing_topics(everybody)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_enters_its_own_database_and_no_other(own_servers: EmbeddedServers, service: str) -> None:
    """Breaks when a database stays open to everybody, as PostgreSQL makes them, or one role is a member of another."""
    role = database_of(service)
    own = await asyncpg.connect(own_servers.postgres_dsn(role, role))
    await own.close()
    for other in (*(database_of(name) for name in SERVICES if name != service), "postgres", "template1"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await asyncpg.connect(own_servers.postgres_dsn(other, role))
    with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError):
        await asyncpg.connect(own_servers.postgres_dsn("template0", role))


async def test_a_service_owns_its_database_and_is_nobody_elsewhere(own_servers: EmbeddedServers) -> None:
    assert await _query(
        own_servers, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    )
    assert await _query(own_servers, "CREATE EXTENSION IF NOT EXISTS pg_trgm") is None
    privileged = "SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    assert await _query(own_servers, privileged) is False


async def test_provisioning_again_changes_nothing_but_a_new_password(own_servers: EmbeddedServers) -> None:
    await _query(own_servers, "CREATE TABLE IF NOT EXISTS mine (id int)")
    passwords = {service: own_servers.postgres_password(database_of(service)) for service in SERVICES}
    await provision(_access(own_servers), passwords | {"intake": 'it\'s "new" % \\'})
    with pytest.raises(asyncpg.InvalidPasswordError):
        await _query(own_servers, "SELECT 1")
    await provision(_access(own_servers), passwords)
    assert await _query(own_servers, "SELECT count(*) FROM mine") == 0


async def test_a_postgres_that_is_away_is_named_with_its_settings(own_servers: EmbeddedServers) -> None:
    own_servers.stop_postgres()
    try:
        with pytest.raises(OperatorError, match=f"127.0.0.1:{own_servers.postgres_port}.*CONNECT_POSTGRES_HOST"):
            await provision(_access(own_servers), {"intake": "x"})
    finally:
        own_servers.restart_postgres()


async def test_a_wrong_administrator_is_named_with_its_settings(own_servers: EmbeddedServers) -> None:
    wrong = Access("127.0.0.1", own_servers.postgres_port, ADMIN, "not-it")
    with pytest.raises(OperatorError, match="refuses postgres: correct CONNECT_POSTGRES_ADMIN_USER"):
        await provision(wrong, {"intake": "x"})


async def test_somebody_who_may_not_make_databases_is_told_so(own_servers: EmbeddedServers) -> None:
    intake = own_servers.postgres_password("connect_intake")
    unprivileged = Access("127.0.0.1", own_servers.postgres_port, "connect_intake", intake)
    with pytest.raises(OperatorError, match="CREATEROLE"):
        await provision(unprivileged, {"newcomer": "x"})


async def test_an_administrator_need_not_be_a_superuser(own_servers: EmbeddedServers) -> None:
    boss = await asyncpg.connect(own_servers.admin_dsn)
    await boss.execute("CREATE ROLE landlord LOGIN CREATEROLE CREATEDB PASSWORD 'x'")
    await boss.execute("GRANT CONNECT ON DATABASE postgres TO landlord")  # this server closes it to everybody else
    await provision(Access("127.0.0.1", own_servers.postgres_port, "landlord", "x"), {"tenant": "y"})
    await boss.close()
    tenant = await asyncpg.connect(
        f"postgresql://connect_tenant:y@127.0.0.1:{own_servers.postgres_port}/connect_tenant"
    )
    assert await tenant.fetchval("SELECT 1") == 1
    await tenant.close()


def test_nothing_is_left_when_the_session_is_killed() -> None:
    session = dedent(
        """
        import time
        from deploy.embedded.testing import EmbeddedServers
        servers = EmbeddedServers()
        servers.start()
        print(servers.folder, flush=True)
        time.sleep(600)
        """
    )
    with subprocess.Popen([sys.executable, "-c", session], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        children = psutil.Process(process.pid).children(recursive=True)
        assert {"java", "postgres"} <= {child.name() for child in children}
        os.kill(process.pid, signal.SIGKILL)
    assert not left_after(children, 60)
    assert not folder.exists()
