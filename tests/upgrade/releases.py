"""Two releases of a producer and of a consumer, and an event that has a second version in the later ones.

The product's catalogue knows nothing of it: a process whose release knows the second version gets it when it starts,
from `arm`. UPGRADE_RELEASE says which release a process is.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from functools import partial
from typing import Any
from uuid import UUID

from pydantic import Field

from shared.events import catalogue
from shared.events.base import Code, Event
from shared.events.catalogue import Entry
from shared.events.intake import ApplicationWithdrawn
from shared.hosting import process
from shared.streaming.consumer import Consumer

# A member that comes or goes is noticed with the others' next heartbeat, a tenth of this.
SESSION = 6.0


class Release(StrEnum):
    """What a process knows of the event."""

    OLD = "old"  # the first version, and that there is no other
    BETWEEN = "between"  # both; a producer announces both
    NEW = "new"  # both; a producer announces the second only


class ApplicationWithdrawnV2(Event):
    """The organisation no longer wants an exchange, for one or more reasons. Version 1 could tell one only."""

    application_id: UUID
    reasons: tuple[Code, ...] = Field(min_length=1)


def arm(environment: Mapping[str, str]) -> Release:
    """Make this process the release that the environment names."""
    release = Release(environment["UPGRADE_RELEASE"])
    if release is not Release.OLD:
        _know(*catalogue.CATALOGUE, _second_version())
    hosting: Any = process
    hosting.Consumer = partial(Consumer, session=SESSION)
    return release


@contextmanager
def knowing_both() -> Iterator[None]:
    """For as long as the block lasts this process, a test's, knows the second version."""
    before = catalogue.CATALOGUE
    _know(*before, _second_version())
    try:
        yield
    finally:
        _know(*before)


def _second_version() -> Entry:
    first = catalogue.entry_of(ApplicationWithdrawn)
    return Entry(ApplicationWithdrawnV2, first.topic, first.key, first.producer, first.hears)


def _know(*entries: Entry) -> None:
    catalogue.CATALOGUE = entries
    catalogue._by_class.cache_clear()
    catalogue._by_type.cache_clear()
