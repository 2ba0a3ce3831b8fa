"""Kafka's clients are started, or given up in time; a connection that breaks under them is told as one.

aiokafka expects an OSError where a connection has broken since the last look. uvloop raises RuntimeError there, which
ended tasks that nothing starts again (aiokafka's issue 1038): a broker that was killed at a wrong moment left a client
that never learnt where it is now, committed nothing, and waited for ever.
"""

import asyncio
from collections.abc import Awaitable
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, conn
from aiokafka.errors import KafkaConnectionError

CONNECTED_WITHIN = 10.0  # seconds; the client itself would wait for 40


async def start(client: AIOKafkaConsumer | AIOKafkaProducer) -> None:
    """Start a client. Raises KafkaConnectionError, too, for a broker that says nothing: one at its limit of connections
    takes no other, and tells nobody.
    """
    try:
        async with asyncio.timeout(CONNECTED_WITHIN):
            await client.start()
    except TimeoutError:
        raise KafkaConnectionError(f"no answer within {CONNECTED_WITHIN:.0f} seconds") from None


class _Connection(conn.AIOKafkaConnection):  # type: ignore[misc]  # aiokafka has no type hints
    """One connection to a broker."""

    def send(self, request: object, expect_response: bool = True) -> Awaitable[Any]:
        try:
            return super().send(request, expect_response)  # type: ignore[no-any-return]
        except RuntimeError as error:
            self.close(reason=conn.CloseReason.CONNECTION_BROKEN, exc=error)
            raise KafkaConnectionError(f"Connection at {self.host}:{self.port} broken: {error}") from error


conn.AIOKafkaConnection = _Connection  # the one name by which every client of this process makes its connections
