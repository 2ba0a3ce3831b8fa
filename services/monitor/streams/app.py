"""The Faust app: one agent over every topic, counting headers."""

import asyncio
from collections.abc import Iterable
from typing import Any

import faust
from faust.app.base import BootStrategy
from faust.types import EventT, StreamT

from services.monitor.rules.statistics import HOURS_KEPT, MINUTES_KEPT, hear
from services.monitor.streams.ending import make_endable
from services.monitor.streams.patience import make_patient
from services.monitor.streams.tables import Tables
from shared.events.envelope import peek
from shared.events.permissions import STATISTICS_GROUP
from shared.primitives.clock import Clock, utc_now
from shared.streaming.settings import KafkaSettings
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

LOGGED_FAILURES = 10


class _Boot(BootStrategy):
    enable_kafka_producer = False  # nothing is written: tables have no changelog, agents no replies
    enable_web = False


class CountingApp(faust.App):
    """Faust as a guest in a process: no web server, no producer, no files."""

    BootStrategy = _Boot
    mundane_level = "debug"
    counted: Tables
    heard = 0
    failures = 0

    def _create_directories(self) -> None:
        """Faust makes data folders in the working directory; stores in memory need none."""


def counting_app(
    kafka: KafkaSettings, topics: Iterable[str], *, clock: Clock = utc_now, group: str = STATISTICS_GROUP
) -> CountingApp:
    """An app that is not started yet. It belongs to the running event loop and can be started once."""
    app = CountingApp(
        group,
        loop=asyncio.get_running_loop(),
        broker=[f"kafka://{place.strip()}" for place in kafka.bootstrap.split(",")],
        broker_credentials=_credentials(kafka),
        store="memory://",
        topic_disable_leader=True,  # the leader's topic would be one more to make
        topic_allow_declare=False,  # the topics are made from the catalogue, never by who reads them
        table_standby_replicas=0,  # with the default of 1 Faust would use its own assignor, made for changelogs
        stream_wait_empty=False,  # at the end nothing is waited for: what is not counted is no loss
        broker_commit_interval=5.0,
        broker_session_timeout=20.0,
        broker_request_timeout=30.0,
        consumer_auto_offset_reset="earliest",
    )
    app.counted = Tables.of(app)
    make_endable(app)
    make_patient(app)
    source = app.topic(*topics, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")

    async def count(stream: StreamT[Any]) -> None:
        async for event in stream.events():
            _count(app, event, clock().timestamp())

    app.agent(source, name="count", concurrency=1)(count)
    return app


def _credentials(kafka: KafkaSettings) -> faust.SASLCredentials | faust.SSLCredentials | None:
    tls = kafka.ssl_context()
    if kafka.signs_in and kafka.password:
        return faust.SASLCredentials(
            username=kafka.user,
            password=kafka.password.get_secret_value(),
            mechanism=kafka.sasl_mechanism,
            ssl_context=tls,
        )
    return faust.SSLCredentials(tls) if tls else None


def _count(app: CountingApp, event: EventT[Any], now: float) -> None:
    """Count one message. Never raises: in an agent an exception would end the stream, and a miscount is no harm."""
    age = now - event.message.timestamp
    if age > HOURS_KEPT.total_seconds():
        return
    try:
        heard = hear(peek(event.headers.items()))
        if age <= MINUTES_KEPT.total_seconds():
            app.counted.count(event.message.topic, event.message.timestamp, heard)
        if heard.case_id is not None and heard.footprint is not None:
            app.counted.follow(heard.case_id, heard.footprint)
        app.heard += 1
    except Exception as error:  # noqa: BLE001  see above; the log has the first few
        app.failures += 1
        if app.failures <= LOGGED_FAILURES:
            log.warning("a message was not counted", topic=event.message.topic, error=error)
