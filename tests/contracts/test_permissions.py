"""What each service may do on Kafka follows from the catalogue, and is no more than that."""

from importlib import import_module

import pytest

from shared.events.catalogue import CATALOGUE, SERVICES, topics
from shared.events.permissions import Right, all_permissions, permissions_of
from shared.streaming.batch import topics_of

DEAD_LETTERS = "connect.dead-letters"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_writes_what_it_announces_and_the_dead_letters(service: str) -> None:
    """Breaks when a topic is written by two services, or by none."""
    own = {entry.topic for entry in CATALOGUE if entry.producer == service}
    assert set(permissions_of(service).writes) == own | {DEAD_LETTERS}


def test_every_topic_has_one_writer_but_the_dead_letters() -> None:
    """Breaks when somebody's announcements could be made in another's name."""
    for topic in topics():
        writers = [of.service for of in all_permissions() if topic in of.writes]
        assert len(writers) == (len(SERVICES) if topic == DEAD_LETTERS else 1), topic


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_may_read_what_its_reactions_subscribe_to(service: str) -> None:
    """Breaks when the catalogue and the table of reactions part ways, so that a service would be refused its work."""
    reactions = import_module(f"services.{service}.reactions").REACTIONS
    assert set(topics_of(reactions)) <= set(permissions_of(service).reads)


def test_only_the_monitor_reads_the_dead_letters_and_looks_at_the_groups_of_others() -> None:
    """Breaks when a right that one service needs is given to all."""
    for of in all_permissions():
        assert (DEAD_LETTERS in of.reads) == (of.service == "monitor")
        others = {Right("group", other, "describe") for other in SERVICES if other != of.service}
        assert of.rights() & others == (others if of.service == "monitor" else set())


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_joins_its_own_group(service: str) -> None:
    """Breaks when a service could take the events of another away, by joining its group."""
    assert set(permissions_of(service).joins) == {service} | ({"monitor-statistics"} if service == "monitor" else set())
