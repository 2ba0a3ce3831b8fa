"""What the relay hears of a producer that gives a message up."""

import asyncio

import pytest
from aiokafka.errors import KafkaError

from shared.postgres.outbox import Waiting
from shared.streaming.sending import Answer, send

ROWS = [Waiting(number, "a.topic", "key", {}, b"{}") for number in range(3)]


class GivesUp:
    """A producer that takes every message, and then cancels the answer to the second."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []

    async def send(self, *_: object, **__: object) -> Answer:
        self.answers.append(asyncio.get_running_loop().create_future())
        if len(self.answers) == 2:
            self.answers[1].cancel()
        return self.answers[-1]


async def test_a_message_that_is_given_up_is_an_error_to_recover_from() -> None:
    """Breaks when it ends the relay's task like a cancellation from outside, which nobody would hear of."""
    with pytest.raises(KafkaError, match="given a message up"):
        await send(GivesUp(), ROWS, [])
