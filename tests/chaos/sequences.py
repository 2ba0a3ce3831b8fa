"""Puts the broker's memory of a producer out of step with the producer's own, from outside.

For each partition the broker remembers the number of a producer's last message, and refuses one that does not follow.
Losing that memory does not do: a broker accepts any number of a producer that it does not know. So somebody writes in
the producer's name, with the numbers that it would have given next, or as its successor of a later epoch.
"""

import struct
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from tests.chaos.evidence import IN, Marks

LENGTHS = struct.Struct(">qi")  # first offset, bytes that follow
HEADER = struct.Struct(">ibIhiqqqhii")  # of a batch: from the leader's epoch to the number of records


class OutOfStep(StrEnum):
    """What the broker then answers to the producer's next message."""

    SEQUENCE = "OutOfOrderSequenceNumber"
    EPOCH = "ProducerFenced"


class Last(NamedTuple):
    """Who wrote the last batch of a partition, and the number of its next message."""

    producer_id: int
    epoch: int
    following: int


async def put_out_of_step(bootstrap: str, kafka_folder: Path, since: Marks, how: OutOfStep, copies: int) -> int:
    """On every partition with something new, copy its last event in the producer's name; returns how many there are."""
    written = 0
    for place, last in _last_producers(kafka_folder):
        async with AIOKafkaConsumer(bootstrap_servers=bootstrap) as reader:
            reader.assign([place])
            end = (await reader.end_offsets([place]))[place]
            if end == since[place]:
                continue
            assert last.producer_id >= 0, f"the producer that wrote {place} is not idempotent"
            reader.seek(place, end - 1)
            event = await reader.getone()
        producer = AIOKafkaProducer(bootstrap_servers=bootstrap, enable_idempotence=True)
        later = how is OutOfStep.EPOCH
        manager = producer._txn_manager
        manager.set_pid_and_epoch(last.producer_id, last.epoch + later)  # so it does not ask for an id of its own
        manager._sequence_numbers[place] = 0 if later else last.following
        async with producer:
            for _ in range(copies):
                headers = list(event.headers)
                await producer.send(IN, event.value, event.key, place.partition, headers=headers)
        written += copies
    return written


def _last_producers(kafka_folder: Path) -> Iterator[tuple[TopicPartition, Last]]:
    for folder in sorted((kafka_folder / "data").glob(f"{IN}-*")):
        batches = [last for log in sorted(folder.glob("*.log")) for last in _batches(log.read_bytes())]
        if batches:
            yield TopicPartition(IN, int(folder.name.rpartition("-")[2])), batches[-1]


def _batches(log: bytes) -> Iterator[Last]:
    at = 0
    while at + LENGTHS.size + HEADER.size <= len(log):
        length = LENGTHS.unpack_from(log, at)[1]
        if length <= 0:  # room that was reserved and not written yet
            return
        *_, producer_id, epoch, first, records = HEADER.unpack_from(log, at + LENGTHS.size)
        yield Last(producer_id, epoch, first + records)
        at += LENGTHS.size + length
