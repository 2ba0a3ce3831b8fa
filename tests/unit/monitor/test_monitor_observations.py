"""What services say about themselves comes from outside, and may be anything."""

from typing import Any

import pytest

from services.monitor.rules import SEE_THE_CONSOLE, may
from services.monitor.rules.observations import newest_known_unread, told
from shared.primitives.actor import Actor
from shared.primitives.terms import Role


def test_a_readiness_document_is_read_part_by_part() -> None:
    relay = {"ready": False, "reason": "Kafka is away", "figures": {"outbox_rows": 12, "standby": 0}}
    health = told("intake", {"ready": False, "service": "intake", "roles": {"relay": relay, "http": {"ready": True}}})
    assert (health.service, health.ready, health.reason) == ("intake", False, "")
    assert [(part.name, part.ready, part.reason) for part in health.parts] == [
        ("http", True, ""),
        ("relay", False, "Kafka is away"),
    ]
    assert health.parts[1].figures == {"outbox_rows": 12, "standby": 0}


@pytest.mark.parametrize(
    "answer",
    [None, [], "ready", {}, {"ready": True}, {"ready": "yes", "roles": {}}, {"ready": True, "roles": ["http"]}],
)
def test_an_answer_that_is_no_readiness_document_is_not_ready(answer: Any) -> None:
    health = told("intake", answer)
    assert not health.ready
    assert health.reason == "its answer is not a readiness document"


@pytest.mark.parametrize("part", [{}, {"ready": "yes"}, {"ready": 1, "reason": None, "figures": [1]}])
def test_a_part_that_does_not_say_so_is_not_ready(part: dict[str, Any]) -> None:
    (seen,) = told("intake", {"ready": True, "roles": {"http": part}}).parts
    assert (seen.ready, seen.reason, seen.figures) == (False, "", {})


@pytest.mark.parametrize(("lag", "own", "place"), [(0, 0, None), (5, 0, 5), (5, 2, 3), (5, 5, None), (5, 9, None)])
def test_the_oldest_unread_event_is_counted_back_from_the_newest_that_is_known(
    lag: int, own: int, place: int | None
) -> None:
    assert newest_known_unread(lag, own) == place


@pytest.mark.parametrize("role", Role)
def test_only_operators_see_the_console(role: Role) -> None:
    assert may(Actor("somebody", frozenset({role})), SEE_THE_CONSOLE) == (role is Role.OPERATOR)


def test_nobody_may_do_what_is_not_named() -> None:
    assert not may(Actor("somebody", frozenset({Role.OPERATOR})), "delete everything")
