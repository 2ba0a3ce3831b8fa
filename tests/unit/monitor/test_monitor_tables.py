"""The tables that Faust keeps in memory: windows that add up, expire, and stay small."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import faust
import pytest

from services.monitor.rules.statistics import Heard
from services.monitor.rules.steps import Footprint
from services.monitor.streams import tables
from services.monitor.streams.app import counting_app
from services.monitor.streams.tables import Tables, Unlogged
from shared.primitives.clock import utc_now
from shared.streaming.settings import KafkaSettings
from tests.builders.monitor import BEGINNING

NOON = utc_now().replace(minute=30, second=0, microsecond=0)
PROPOSED = Heard("MatchProposed", "matching", False, None, None)
DEAD = Heard("EventDeadLettered", "exchange", True, None, None)


@pytest.fixture
async def counted() -> AsyncIterator[Tables]:
    """The tables of an app that never meets a Kafka."""
    app = counting_app(KafkaSettings(bootstrap="127.0.0.1:1"), ["matching.proposals"])
    yield app.counted
    app.consumer._thread.thread_loop.close()  # type: ignore[attr-defined]


async def test_events_of_one_minute_add_up_and_the_next_minute_begins_at_zero(counted: Tables) -> None:
    for seconds in (0, 59, 60):
        counted.count("matching.proposals", NOON.timestamp() + seconds, PROPOSED)
    by_topic = {count.minute: count.events for count in counted.counts() if count.counted == "topic"}
    assert by_topic == {NOON: 2, NOON + timedelta(minutes=1): 1}


async def test_a_dead_letter_is_counted_by_topic_by_type_and_for_its_service(counted: Tables) -> None:
    counted.count("connect.dead-letters", NOON.timestamp(), DEAD)
    assert {(count.counted, count.key, count.events) for count in counted.counts()} == {
        ("topic", "connect.dead-letters", 1),
        ("type", "EventDeadLettered", 1),
        ("dead-letters", "exchange", 1),
    }


async def test_a_late_event_takes_back_the_step_that_was_counted_over_its_head(counted: Tables) -> None:
    case = UUID(int=1)
    for number, minute in ((1, 0), (3, 90), (2, 30)):
        counted.follow(case, Footprint(NOON + timedelta(minutes=minute), UUID(int=number), f"E{number}"))
    found = {(row.first, row.second): (row.hour, row.took.steps, row.took.seconds) for row in counted.durations()}
    hour = NOON.replace(minute=0)
    assert found == {
        ("E1", "E3"): (hour + timedelta(hours=2), 0, 0.0),
        ("E1", "E2"): (hour + timedelta(hours=1), 1, 1800.0),
        ("E2", "E3"): (hour + timedelta(hours=2), 1, 3600.0),
    }


async def test_windows_that_are_over_are_forgotten(counted: Tables) -> None:
    old = (NOON - timedelta(hours=3)).timestamp()
    counted.count("matching.proposals", old, PROPOSED)
    counted.count("matching.proposals", utc_now().timestamp(), PROPOSED)
    await counted.by_topic.table._del_old_keys()
    assert [count.events for count in counted.counts() if count.counted == "topic"] == [1]


async def test_a_busy_window_is_remembered_once_however_often_it_changes(counted: Tables) -> None:
    for _ in range(1000):
        counted.count("matching.proposals", NOON.timestamp(), PROPOSED)
    table: Unlogged = counted.by_topic.table
    assert [len(ends) for ends in table._partition_timestamps.values()] == [1]


async def test_the_case_that_was_heard_of_longest_ago_is_forgotten_first(
    counted: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "CASES_KEPT", 2)
    for number in (1, 2, 1, 3):
        counted.follow(UUID(int=number), Footprint(BEGINNING, UUID(int=number), "E"))
    assert list(counted.trails.data) == [UUID(int=1), UUID(int=3)]


async def test_faust_knows_of_no_table_that_it_would_have_to_recover(counted: Tables) -> None:
    app: faust.App = counted.trails.app
    assert not app.tables
    assert not app.tables.changelog_topics
