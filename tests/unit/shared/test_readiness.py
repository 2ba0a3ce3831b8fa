"""A process is ready when every part that it names is."""

from shared.primitives.readiness import Readiness


def test_nothing_named_is_not_ready() -> None:
    assert not Readiness().is_ready


def test_a_part_that_has_not_spoken_is_not_ready() -> None:
    readiness = Readiness()
    readiness.expect("react", "relay")
    readiness.ready("react")
    assert not readiness.is_ready
    readiness.ready("relay", standby=1)
    assert readiness.is_ready


def test_a_part_that_fails_says_why_until_it_recovers() -> None:
    readiness = Readiness()
    readiness.ready("react")
    readiness.not_ready("react", "Kafka is away", lag=3)
    assert not readiness.is_ready
    assert (readiness.parts["react"].reason, readiness.parts["react"].figures) == ("Kafka is away", {"lag": 3})
    readiness.expect("react")
    assert readiness.parts["react"].reason == "Kafka is away"
    readiness.ready("react")
    assert readiness.is_ready
