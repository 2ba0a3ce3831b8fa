"""Lets a Faust worker be answered less often: each of its questions has Kafka look at every partition of every topic.

Faust has no setting for it. With an answer for each event, the statistics and the records of the console took a third
of all that an event costs.
"""

import asyncio
from typing import Any

import faust

from services.monitor.streams.ending import consumer_thread
from shared.streaming.settings import PATIENT_BYTES


def make_patient(app: faust.App) -> None:
    """Let the app's consumer, which is not started yet, wait until there is much to read, or 1.5 seconds."""
    thread = consumer_thread(app)
    make = thread._create_consumer  # type: ignore[attr-defined]

    def make_patient_one(loop: asyncio.AbstractEventLoop) -> Any:
        client = make(loop)
        client._fetch_min_bytes = PATIENT_BYTES
        return client

    thread._create_consumer = make_patient_one  # type: ignore[attr-defined]
