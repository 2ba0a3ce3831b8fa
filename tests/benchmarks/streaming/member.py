"""One member of a service's consumer group in a process of its own: `python -m tests.benchmarks.streaming.member`.

It reads one line of JSON, joins the group, says `joined`, then how many events it has done whenever that has changed,
until its input ends. So does `ServiceProcess`, at the other end of these pipes.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvloop

from shared.hosting.garbage import collect_rarely
from shared.postgres import pool
from shared.postgres.settings import PostgresSettings
from shared.postgres.unit_of_work import Database
from shared.streaming.reactions import Batched
from shared.streaming.settings import KafkaSettings
from shared.telemetry.logging import configure_logging
from shared.telemetry.tracing import configure_tracing
from tests.benchmarks.figures import TrialError
from tests.benchmarks.streaming.ours import Ours, keep_requests
from tests.benchmarks.streaming.stage import SERVICE, Stage

SAY_EVERY = 0.02
ENDED_WITHIN = 20.0


@dataclass(slots=True)
class ServiceProcess:
    """A running member, as its starter sees it."""

    process: asyncio.subprocess.Process
    _joined: bool = False
    _done: int = 0

    @property
    def joined(self) -> bool:
        """Whether it has partitions. Raises TrialError if the process has ended."""
        self._alive()
        return self._joined

    @property
    def done(self) -> int:
        """Events that it has committed. Raises TrialError if the process has ended."""
        self._alive()
        return self._done

    def _alive(self) -> None:
        if self.process.returncode is not None:
            raise TrialError("a member's process ended before its work was done")

    async def listen(self) -> None:
        """Take notice of what it says, until it has ended."""
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            if line == b"joined\n":
                self._joined = True
            else:
                self._done = int(line)


@asynccontextmanager
async def service_process(stage: Stage) -> AsyncIterator[ServiceProcess]:
    """A member of the stage's group, gone afterwards."""
    command = [sys.executable, "-m", __name__]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert process.stdin is not None
    member = ServiceProcess(process)
    listening = asyncio.create_task(member.listen())
    try:
        process.stdin.write(json.dumps(_told(stage)).encode() + b"\n")
        yield member
    finally:
        process.stdin.close()
        await asyncio.wait_for(process.wait(), ENDED_WITHIN)
        await listening


def _told(stage: Stage) -> dict[str, Any]:
    postgres = stage.postgres.model_dump(mode="json")
    postgres["password"] = stage.postgres.password.get_secret_value()
    return {
        "kafka": stage.kafka.model_dump(mode="json"),
        "postgres": postgres,
        "dsn": stage.dsn,
        "group": stage.group,
        "topic": stage.topic,
    }


async def _serve(told: dict[str, Any]) -> None:
    postgres = PostgresSettings.model_validate(told["postgres"])
    connections = await pool.open_pool(postgres, application="benchmark member")
    database = Database(connections, SERVICE)
    stage = Stage(
        KafkaSettings.model_validate(told["kafka"]), database, postgres, told["dsn"], told["group"], told["topic"]
    )
    ours, stopping = Ours(Batched(keep_requests)), asyncio.Event()
    consumer = ours.consumer(stage)
    asyncio.get_running_loop().add_reader(sys.stdin.fileno(), stopping.set)
    running = asyncio.create_task(consumer.run(stopping))
    while await consumer.lag() is None and not stopping.is_set():
        await asyncio.sleep(SAY_EVERY)
    _say("joined")
    said = 0
    while not stopping.is_set():
        if ours.done != said:
            said = ours.done
            _say(str(said))
        await asyncio.sleep(SAY_EVERY)
    await running
    await connections.close()


def _say(what: str) -> None:
    sys.stdout.write(what + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    with contextlib.redirect_stdout(sys.stderr):
        configure_logging("matching", "benchmark", "warning")
    configure_tracing("matching")
    line = sys.stdin.readline()
    collect_rarely()
    uvloop.run(_serve(json.loads(line)))
