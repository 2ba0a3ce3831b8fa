"""A connection that breaks is told to Kafka's client as one, on the event loop that the services run on."""

import asyncio
import socket
import struct

import pytest
import uvloop
from aiokafka.conn import create_conn
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.admin import ApiVersionRequest

import shared.streaming.connecting  # noqa: F401  what it mends is aiokafka's own

pytestmark = pytest.mark.timeout(30)

HOST = "127.0.0.1"
AT_ONCE = struct.pack("ii", 1, 0)


async def a_question_after_the_break() -> Exception:
    """The peer answers the first question and resets the connection at the next; one is asked at each turn of the loop.

    Returns what is raised by the first that can't be asked, once all before it have failed as they should.
    """

    async def answer_and_reset(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        (size,) = struct.unpack(">i", await reader.readexactly(4))
        question = await reader.readexactly(size)
        nothing = struct.pack(">hi", 0, 0)
        writer.write(struct.pack(">i", 4 + len(nothing)) + question[4:8] + nothing)
        await reader.readexactly(4)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
        writer.transport.abort()

    async with await asyncio.start_server(answer_and_reset, HOST, 0) as server:
        connection = await create_conn(HOST, server.sockets[0].getsockname()[1])
        asked = []
        while True:
            try:
                asked.append(asyncio.ensure_future(connection.send(ApiVersionRequest())))
            except Exception as error:  # noqa: BLE001  which it is, the test says
                answers = await asyncio.gather(*asked, return_exceptions=True)
                assert {type(answer) for answer in answers} == {KafkaConnectionError}
                return error
            await asyncio.sleep(0)


def test_a_connection_that_has_broken_since_the_last_look_is_a_broken_connection() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        error = runner.run(a_question_after_the_break())
    assert isinstance(error, KafkaConnectionError)
    assert "the handler is closed" in str(error)  # uvloop knew, and aiokafka did not yet
