"""The streams: rates, ages, lags, dead letters, slow steps."""

from datetime import datetime, timedelta

from services.monitor.queries.services import sight
from services.monitor.rules import SEE_THE_CONSOLE, may
from services.monitor.rules.statistics import HOUR, HOURS_KEPT, MINUTE
from services.monitor.rules.steps import Durations
from services.monitor.rules.views import (
    CountingView,
    LagView,
    MinuteView,
    StepView,
    StreamsView,
    TopicView,
    TypeView,
)
from shared.events.catalogue import topics
from shared.postgres.pool import Connection
from shared.primitives.actor import Actor
from shared.primitives.errors import require

SEEN_WITHIN = timedelta(seconds=15)
SLOWEST = 12
MINUTES = 60


async def streams(connection: Connection, actor: Actor, *, now: datetime) -> StreamsView:
    """Everything about the streams at one moment."""
    require(may(actor, SEE_THE_CONSOLE), SEE_THE_CONSOLE)
    lags = await _lags(connection)
    return StreamsView(
        at=now,
        counting=await _counting(connection, now),
        topics=await _topics(connection, now, lags),
        types=await _types(connection, now),
        minutes=await _minutes(connection, now),
        steps=await _steps(connection, now),
        lags=tuple(lag for lag in lags if lag.events),
        lags_seen=await sight(connection, "lags"),
        open_dead_letters=await connection.fetchval("SELECT count(*) FROM reported_dead_letters WHERE state = 'dead'"),
        dead_letters_by_service=await _dead_letters(connection),
    )


def last_full_minute(now: datetime) -> datetime:
    """When the last minute began that is over."""
    return now.replace(second=0, microsecond=0) - MINUTE


async def _counting(connection: Connection, now: datetime) -> CountingView:
    row = await connection.fetchrow(
        """
        SELECT (SELECT started_at FROM statistics_runs ORDER BY seen_at DESC LIMIT 1) AS since,
               max(seen_at) AS seen_at, min(started_at) AS earliest
        FROM statistics_runs
        """
    )
    assert row is not None
    seen = row["seen_at"]
    return CountingView(now=seen is not None and now - seen < SEEN_WITHIN, since=row["since"], earliest=row["earliest"])


async def _lags(connection: Connection) -> list[LagView]:
    rows = await connection.fetch(
        "SELECT service, topic, events, oldest_at FROM lags ORDER BY events DESC, service, topic"
    )
    return [LagView.model_validate(dict(row)) for row in rows]


async def _topics(connection: Connection, now: datetime, lags: list[LagView]) -> tuple[TopicView, ...]:
    rows = await connection.fetch(
        """
        SELECT name AS topic, (SELECT max(time) FROM events WHERE topic = name) AS newest_at,
               coalesce(counts.last_minute, 0)::bigint AS last_minute,
               coalesce(counts.last_hour, 0)::bigint AS last_hour
        FROM unnest($1::text[]) WITH ORDINALITY AS topics (name, place)
        LEFT JOIN (
            SELECT key, sum(events) FILTER (WHERE minute = $2) AS last_minute, sum(events) AS last_hour
            FROM event_counts WHERE counted = 'topic' AND minute > $3 GROUP BY key
        ) AS counts ON counts.key = name
        ORDER BY place
        """,
        list(topics()),
        last_full_minute(now),
        now - HOUR,
    )
    slowest = {lag.topic: lag for lag in reversed(lags) if lag.events}  # reversed: the largest lag of a topic wins
    return tuple(_topic(dict(row), slowest.get(row["topic"])) for row in rows)


def _topic(row: dict[str, object], lag: LagView | None) -> TopicView:
    behind = {
        "lag": lag.events if lag else 0,
        "slowest": lag.service if lag else None,
        "oldest_unread_at": lag.oldest_at if lag else None,
    }
    return TopicView.model_validate(row | behind)


async def _types(connection: Connection, now: datetime) -> tuple[TypeView, ...]:
    rows = await connection.fetch(
        """
        SELECT key AS type, sum(events)::bigint AS last_hour FROM event_counts
        WHERE counted = 'type' AND minute > $1 GROUP BY key ORDER BY last_hour DESC, key
        """,
        now - HOUR,
    )
    return tuple(TypeView.model_validate(dict(row)) for row in rows)


async def _minutes(connection: Connection, now: datetime) -> tuple[MinuteView, ...]:
    """The last hour, minute by minute, the running one last; minutes without events are there too."""
    last = last_full_minute(now) + MINUTE
    rows = await connection.fetch(
        """
        SELECT moment AS minute,
               coalesce(sum(events) FILTER (WHERE counted = 'topic'), 0)::bigint AS events,
               coalesce(sum(events) FILTER (WHERE counted = 'dead-letters'), 0)::bigint AS dead_letters
        FROM generate_series($1::timestamptz, $2::timestamptz, '1 minute') AS moment
        LEFT JOIN event_counts ON minute = moment
        GROUP BY moment ORDER BY moment
        """,
        last - MINUTE * (MINUTES - 1),
        last,
    )
    return tuple(MinuteView.model_validate(dict(row)) for row in rows)


async def _steps(connection: Connection, now: datetime) -> tuple[StepView, ...]:
    """The slowest pairs by their mean."""
    rows = await connection.fetch(
        "SELECT first, second, steps, seconds, buckets FROM step_durations WHERE hour > $1",
        now - HOURS_KEPT,
    )
    pairs: dict[tuple[str, str], Durations] = {}
    for row in rows:
        pair = row["first"], row["second"]
        took = Durations(row["steps"], row["seconds"], tuple(row["buckets"]))
        pairs[pair] = pairs.get(pair, Durations()) + took
    counted = [(pair, took) for pair, took in pairs.items() if took.steps > 0]
    slowest = sorted(counted, key=lambda item: item[1].mean, reverse=True)[:SLOWEST]
    return tuple(
        StepView(
            first=first,
            second=second,
            steps=took.steps,
            mean_seconds=took.mean,
            nine_in_ten_within=took.within(0.9),
        )
        for (first, second), took in slowest
    )


async def _dead_letters(connection: Connection) -> dict[str, int]:
    rows = await connection.fetch(
        "SELECT service, count(*) FROM reported_dead_letters WHERE state = 'dead' GROUP BY service ORDER BY service"
    )
    return {row[0]: row[1] for row in rows}
