"""What the statistics worker counted is visible to every process, adds up over runs, and is forgotten in time."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from services.monitor import queries, use_cases
from services.monitor.rules.statistics import Count, Duration
from services.monitor.rules.steps import one
from services.monitor.rules.views import StreamsView
from services.monitor.use_cases import Snapshot
from shared.primitives.ids import new_id
from tests.integration.monitor.conftest import OPERATOR, Console

pytestmark = pytest.mark.servers
NOW = datetime.fromisoformat("2026-03-02T09:30:40+00:00")
LAST_FULL = datetime.fromisoformat("2026-03-02T09:29:00+00:00")
HOUR = datetime.fromisoformat("2026-03-02T09:00:00+00:00")
MINUTE = timedelta(minutes=1)


async def counted(console: Console, *rows: Count | Duration, run_id: UUID | None = None) -> UUID:
    """Store a snapshot of a run; returns its id."""
    console.clock.now = NOW
    run_id = run_id or new_id()
    counts = [row for row in rows if isinstance(row, Count)]
    durations = [row for row in rows if isinstance(row, Duration)]
    async with console.database.unit_of_work() as work:
        await use_cases.save_statistics(work, Snapshot(run_id, NOW - timedelta(minutes=5), counts, durations))
    return run_id


async def shown(console: Console, now: datetime = NOW) -> StreamsView:
    async with console.database.reading() as connection:
        return await queries.streams(connection, OPERATOR, now=now)


async def test_events_are_shown_by_topic_for_the_last_full_minute_and_the_last_hour(console: Console) -> None:
    topic = "intake.applications"
    await counted(
        console,
        Count("topic", topic, LAST_FULL, 7),
        Count("topic", topic, LAST_FULL + MINUTE, 2),
        Count("topic", topic, LAST_FULL - 30 * MINUTE, 10),
        Count("topic", topic, LAST_FULL - 70 * MINUTE, 1000),
    )
    view = await shown(console)
    figures = {row.topic: (row.last_minute, row.last_hour) for row in view.topics}
    assert figures.pop(topic) == (7, 19)
    assert set(figures.values()) == {(0, 0)}


async def test_a_later_snapshot_of_a_run_replaces_its_windows_and_another_run_adds_to_them(console: Console) -> None:
    run_id = await counted(console, Count("type", "MatchProposed", LAST_FULL, 3))
    await counted(console, Count("type", "MatchProposed", LAST_FULL, 5), run_id=run_id)
    await counted(console, Count("type", "MatchProposed", LAST_FULL, 1), Count("type", "MatchAccepted", LAST_FULL, 9))
    view = await shown(console)
    assert [(row.type, row.last_hour) for row in view.types] == [("MatchAccepted", 9), ("MatchProposed", 6)]


async def test_every_minute_of_the_last_hour_is_shown_with_its_events_and_dead_letters(console: Console) -> None:
    await counted(
        console,
        Count("topic", "intake.offers", LAST_FULL, 4),
        Count("topic", "matching.proposals", LAST_FULL, 5),
        Count("dead-letters", "matching", LAST_FULL, 2),
        Count("type", "OfferPublished", LAST_FULL, 4),
    )
    view = await shown(console)
    assert len(view.minutes) == 60
    assert [(m.minute, m.events, m.dead_letters) for m in view.minutes[-2:]] == [
        (LAST_FULL, 9, 2),
        (LAST_FULL + MINUTE, 0, 0),
    ]


async def test_the_slowest_steps_come_first_and_hours_and_runs_add_up(console: Console) -> None:
    slow = Duration("ApplicationAdmitted", "ApplicationValidated", HOUR, one(86_400.0))
    fast = Duration("ApplicationSubmitted", "ApplicationAdmitted", HOUR, one(0.5))
    await counted(console, slow, fast)
    await counted(console, Duration(fast.first, fast.second, HOUR - timedelta(hours=3), one(1.5)))
    view = await shown(console)
    assert [(s.first, s.steps, s.mean_seconds, s.nine_in_ten_within) for s in view.steps] == [
        ("ApplicationAdmitted", 1, 86_400.0, 86_400.0),
        ("ApplicationSubmitted", 2, 1.0, 10.0),
    ]


async def test_a_step_that_was_taken_back_is_not_shown(console: Console) -> None:
    run_id = await counted(console, Duration("A", "B", HOUR, one(5.0)))
    await counted(console, Duration("A", "B", HOUR, one(5.0) - one(5.0)), run_id=run_id)
    assert (await shown(console)).steps == ()


async def test_the_page_says_since_when_and_whether_it_is_counted(console: Console) -> None:
    nothing = (await shown(console)).counting
    assert (nothing.now, nothing.since) == (False, None)
    await counted(console)
    counting = (await shown(console)).counting
    assert (counting.now, counting.since) == (True, NOW - timedelta(minutes=5))
    stopped = (await shown(console, NOW + timedelta(seconds=16))).counting
    assert (stopped.now, stopped.since) == (False, NOW - timedelta(minutes=5))


async def test_statistics_of_more_than_a_day_ago_are_forgotten(console: Console) -> None:
    await counted(console, Count("topic", "intake.offers", LAST_FULL, 4), Duration("A", "B", HOUR, one(5.0)))
    console.clock.now = NOW + timedelta(hours=24)
    async with console.database.unit_of_work() as work:
        assert await use_cases.forget_old_statistics(work) == 0
        assert await work.connection.fetchval("SELECT count(*) FROM event_counts") == 1
    console.clock.now = NOW + timedelta(hours=26)
    async with console.database.unit_of_work() as work:
        await use_cases.forget_old_statistics(work)
        for table in ("event_counts", "step_durations", "statistics_runs"):
            assert await work.connection.fetchval(f"SELECT count(*) FROM {table}") == 0  # noqa: S608  names of ours
