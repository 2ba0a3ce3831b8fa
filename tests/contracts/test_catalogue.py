"""The catalogue agrees with itself, with the event classes and with the names of things."""

import inspect
import re
from datetime import timedelta
from uuid import UUID

import pytest

from shared.events import dead_letters, evaluation, exchange, intake, matching
from shared.events.base import Event
from shared.events.catalogue import (
    ANY_SERVICE,
    CATALOGUE,
    RETENTION_DAYS,
    SERVICES,
    Entry,
    entry_of,
    entry_of_type,
    heard_by,
    topics,
)
from shared.postgres import inbox

EVERY_EVENT = pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.event.__name__)
MODULES = {
    "intake": intake,
    "matching": matching,
    "exchange": exchange,
    "evaluation": evaluation,
    ANY_SERVICE: dead_letters,
}
# `Ready` is a state that was reached; the others are past participles.
PAST_TENSE = re.compile(r"([A-Z][a-z]+)+(ed|edUp|Found|Withdrawn|Ready)")


def test_types_and_classes_are_listed_once() -> None:
    assert len({entry.type for entry in CATALOGUE}) == len(CATALOGUE)
    assert len({entry.event for entry in CATALOGUE}) == len(CATALOGUE)


@pytest.mark.parametrize("producer", MODULES)
def test_every_event_class_of_a_service_is_in_the_catalogue(producer: str) -> None:
    module = MODULES[producer]
    classes = {
        thing
        for _, thing in inspect.getmembers(module, inspect.isclass)
        if issubclass(thing, Event) and thing.__module__ == module.__name__
    }
    assert classes == {entry.event for entry in CATALOGUE if entry.producer == producer}


@EVERY_EVENT
def test_an_event_belongs_to_the_service_that_announces_it(entry: Entry) -> None:
    assert entry.event.__module__ == MODULES[entry.producer].__name__


@EVERY_EVENT
def test_an_event_is_named_after_what_has_happened(entry: Entry) -> None:
    assert PAST_TENSE.fullmatch(entry.event.__name__)


@EVERY_EVENT
def test_the_key_is_a_required_id_of_the_event(entry: Entry) -> None:
    field = entry.event.model_fields[entry.key]
    assert field.annotation is UUID
    assert field.is_required()


@EVERY_EVENT
def test_a_topic_is_named_after_its_owner_and_subject(entry: Entry) -> None:
    owner = "connect" if entry.producer == ANY_SERVICE else entry.producer
    assert re.fullmatch(rf"{owner}\.[a-z]+(-[a-z]+)*", entry.topic)


@pytest.mark.parametrize("topic", topics())
def test_a_topic_holds_one_kind_of_aggregate_of_one_service(topic: str) -> None:
    assert len({(entry.producer, entry.key) for entry in CATALOGUE if entry.topic == topic}) == 1


@EVERY_EVENT
def test_only_other_services_hear_an_event_and_each_is_named_once(entry: Entry) -> None:
    assert set(entry.consumers) <= set(SERVICES)
    assert len(set(entry.consumers)) == len(entry.consumers)
    assert entry.producer not in entry.consumers


@EVERY_EVENT
def test_an_event_is_found_by_its_type_and_its_class(entry: Entry) -> None:
    assert entry_of_type(entry.type) is entry
    assert entry_of(entry.event) is entry


def test_the_monitor_hears_everything() -> None:
    assert heard_by("monitor") == CATALOGUE


def test_an_unknown_type_has_no_entry() -> None:
    assert entry_of_type("connect.intake.ApplicationValidated.v99") is None


def test_an_id_is_remembered_for_longer_than_its_event_can_come_again() -> None:
    """Breaks when Kafka keeps an event that the inbox has forgotten: a group that has lost its place would do it twice.

    Twice, since Kafka deletes whole segments: one of seven days goes seven days after its last event.
    """
    assert timedelta(days=RETENTION_DAYS) * 2 <= inbox.RETENTION
