"""What is too large for a message is refused at the door, before anything is stored."""

from collections.abc import AsyncIterator

import asyncpg
import httpx
import pytest

from tests.chaos.asking import CALLER, at
from tests.chaos.stage import Stage

pytestmark = [
    pytest.mark.servers,
    pytest.mark.chaos,
    pytest.mark.xdist_group("pressure"),
    pytest.mark.timeout(120),
]

TIMES_THAT_FIT, TIMES_TOO_MANY = 142_000, 143_000  # of "well" in a list


async def stored(stage: Stage) -> int:
    """How many rows there are of anything that a request leaves behind."""
    connection = await asyncpg.connect(stage.caller_dsn)
    try:
        tables = ("turns", "said", "outbox", "outbox_sequences", "idempotency_keys")
        return sum([await connection.fetchval(f"SELECT count(*) FROM {table}") for table in tables])  # noqa: S608
    finally:
        await connection.close()


def is_a_problem(answer: httpx.Response, status: int, code: str, remedy: str) -> None:
    """The answer says what is wrong and what to do."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.json()["code"] == code
    assert remedy in answer.json()["detail"]


async def test_what_no_message_can_carry_is_refused_and_nothing_of_it_is_stored(stage: Stage) -> None:
    """Breaks when the size is seen by the relay or by Kafka only: the row would stop all that comes after it."""
    desk = stage.desk()
    await desk.ready()
    one, *_ = stage.applications
    async with at(desk) as somebody:
        answer = await somebody.ask(one, times=TIMES_TOO_MANY)
        is_a_problem(answer, 422, "event-too-large", "shorten its texts or lists")
        padded = b'{"word": "well", "application_id": "%s"%s}' % (str(one).encode(), b" " * 1_000_000)
        headers = CALLER | {"Content-Type": "application/json"}
        whole = await somebody.client.post("/v1/words", content=padded, headers=headers)
        is_a_problem(whole, 413, "too-large", "Send less, or send it in parts")
        in_chunks = await somebody.client.post("/v1/words", content=_chunks(padded), headers=headers)
        is_a_problem(in_chunks, 413, "too-large", "Send less, or send it in parts")
        assert await stored(stage) == 0
        assert (await somebody.ask(one, times=TIMES_THAT_FIT)).status_code == 201
    stage.caller_relay()
    stage.echo()
    await stage.at_rest()
    counts = await stage.invariant_holds()
    assert counts.heard == 1


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), 100_000):
        yield content[start : start + 100_000]
