"""Every metric of the project, declared once, with what it means and its labels.

They live in a registry of our own, so that a test or a second registry in the process never mixes with them. Count a
batch with one call per label set (`.inc(n)`), not one per event. Labels hold names from short lists (a route's
template, never its address; an event's type, never its id), because every new label value costs memory for good.
"""

from enum import StrEnum

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

REGISTRY = CollectorRegistry(auto_describe=True)
ProcessCollector(registry=REGISTRY)
PlatformCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_EVENTS = (1, 2, 5, 10, 20, 50, 100, 200, 500)


class Outcome(StrEnum):
    """What became of an event that a service consumed."""

    HANDLED = "handled"
    DUPLICATE = "duplicate"
    SKIPPED = "skipped"
    DEAD_LETTERED = "dead_lettered"
    PARKED = "parked"


EVENTS_CONSUMED = Counter(
    "connect_events_consumed",
    "Events taken from Kafka and committed, by what became of them: handled by a reaction, a duplicate that the inbox"
    " knew, skipped because no reaction wants its type, set aside as a dead letter, or parked behind one of its key.",
    ("service", "event_type", "outcome"),
    registry=REGISTRY,
)
CONSUMER_BATCH_SECONDS = Histogram(
    "connect_consumer_batch_seconds",
    "Time that a batch takes, from the claim of its events to their committed effects; offsets follow beside the next.",
    ("service",),
    buckets=_SECONDS,
    registry=REGISTRY,
)
CONSUMER_BATCH_EVENTS = Histogram(
    "connect_consumer_batch_events",
    "Events in one batch; batches at the limit of 500 mean that the consumer is behind its topics.",
    ("service",),
    buckets=_EVENTS,
    registry=REGISTRY,
)
CONSUMER_LAG = Gauge(
    "connect_consumer_lag_events",
    "Events in a topic that this process has not taken yet, summed over the partitions that it holds: up to two batches"
    " less than what is not committed, since the next one is read while one is in work.",
    ("service", "topic"),
    registry=REGISTRY,
)
CONSUMER_BACKOFF = Gauge(
    "connect_consumer_backoff_seconds",
    "How long the consumer waits before it tries its failed batch again; 0 while all is well.",
    ("service",),
    registry=REGISTRY,
)
CONSUMER_HALTED = Gauge(
    "connect_consumer_halted",
    "1 while the consumer stands because too many events were set aside within minutes, else 0.",
    ("service",),
    registry=REGISTRY,
)
READY = Gauge(
    "connect_ready",
    "1 if this part of the process can work now, else 0: what /health/ready says, as a figure.",
    ("service", "part"),
    registry=REGISTRY,
)
DEAD_LETTERS = Gauge(
    "connect_dead_letters",
    "Dead letters and the events parked behind them that the service holds, by their state.",
    ("service", "state"),
    registry=REGISTRY,
)
OUTBOX_ROWS = Gauge(
    "connect_outbox_rows",
    "Events that are committed in the database and not yet acknowledged by Kafka.",
    ("service",),
    registry=REGISTRY,
)
OUTBOX_AGE = Gauge(
    "connect_outbox_oldest_seconds",
    "Age of the oldest event that waits in the outbox, 0 when none does; a growing age means the relay is stuck.",
    ("service",),
    registry=REGISTRY,
)
RELAY_ROWS_SENT = Counter(
    "connect_relay_rows_sent",
    "Outbox rows that Kafka acknowledged and the relay then deleted.",
    ("service",),
    registry=REGISTRY,
)
RELAY_FAILURES = Counter(
    "connect_relay_failures",
    "Rounds of the relay that failed as a whole or in part and were tried again, by the error's type.",
    ("service", "error"),
    registry=REGISTRY,
)
HTTP_REQUESTS = Counter(
    "connect_http_requests",
    "Requests answered, by method, the route's template and the status code.",
    ("service", "method", "route", "status"),
    registry=REGISTRY,
)
HTTP_SECONDS = Histogram(
    "connect_http_request_seconds",
    "Time from the request's first byte to the answer's last, by method and the route's template.",
    ("service", "method", "route"),
    buckets=_SECONDS,
    registry=REGISTRY,
)
MIGRATIONS_APPLIED = Gauge(
    "connect_migrations_applied",
    "Number of migrations that the service's database has.",
    ("service",),
    registry=REGISTRY,
)
SCHEDULED_RUNS = Counter(
    "connect_scheduled_runs",
    "Runs of a scheduled task (expiry, reminders), by whether they ended well or failed.",
    ("service", "task", "outcome"),
    registry=REGISTRY,
)
TITLES = Gauge(
    "connect_titles_rows",
    "Titles of applications and offers, by whether their vector is there (embedded) or still to be made (waiting).",
    ("service", "state"),
    registry=REGISTRY,
)
EMBEDDER_DEATHS = Counter(
    "connect_embedder_deaths",
    "Times that the process which embeds titles ended or hung with titles in hand and another was started; many mean"
    " that the model or a title is broken.",
    ("service",),
    registry=REGISTRY,
)


def render() -> tuple[bytes, str]:
    """All metrics in the Prometheus text format, and the content type to serve them with."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
