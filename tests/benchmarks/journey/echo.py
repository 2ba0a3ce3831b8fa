"""The other end of the bare ping-pong: a process that sends each message of one topic back on another.

Run as a process: `… BOOTSTRAP PING PONG`.
"""

import asyncio
import sys

import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition


async def echo(bootstrap: str, ping: str, pong: str) -> None:
    """Until the process is ended."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    consumer.assign([TopicPartition(ping, 0)])
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True)
    await asyncio.gather(consumer.start(), producer.start())
    async for record in consumer:
        await producer.send_and_wait(pong, record.value)


if __name__ == "__main__":
    uvloop.run(echo(*sys.argv[1:]))
