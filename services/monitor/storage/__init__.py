"""SQL by intent. Every function takes a connection and works in the transaction that is open there."""

from services.monitor.storage.cases import lock_cases, save_cases
from services.monitor.storage.dead_letters import insert_dead_letter, settle_dead_letter
from services.monitor.storage.events import events_of_case, insert_events, nth_newest_time
from services.monitor.storage.observations import note_failure, replace_lags, save_health
from services.monitor.storage.statistics import (
    delete_statistics_before,
    save_counts,
    save_durations,
    save_run,
)

__all__ = [
    "delete_statistics_before",
    "events_of_case",
    "insert_dead_letter",
    "insert_events",
    "lock_cases",
    "note_failure",
    "nth_newest_time",
    "replace_lags",
    "save_cases",
    "save_counts",
    "save_durations",
    "save_health",
    "save_run",
    "settle_dead_letter",
]
