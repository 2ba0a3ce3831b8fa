"""Kafka's clients are started, or given up in time."""

import asyncio

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
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
