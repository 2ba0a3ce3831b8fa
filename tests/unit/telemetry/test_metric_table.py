"""Every metric is declared once, explained, and rendered in the text format that Prometheus reads."""

import re
from pathlib import Path

import pytest
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from shared.telemetry import metrics

ROOT = Path(__file__).parents[3]
DECLARED = [value for value in vars(metrics).values() if isinstance(value, MetricWrapperBase)]
UNITS = ("_seconds", "_events", "_rows", "_letters", "_applied", "_halted", "_ready")  # the last two are 0 or 1


def names(metric: MetricWrapperBase) -> tuple[str, str, tuple[str, ...]]:
    (family,) = metric.describe()
    return family.name, family.documentation, tuple(metric._labelnames)


@pytest.mark.parametrize("metric", DECLARED, ids=lambda metric: names(metric)[0])
def test_a_metric_is_explained_in_a_sentence(metric: MetricWrapperBase) -> None:
    name, explanation, labels = names(metric)

    assert len(explanation.split()) >= 6, f"{name}: say what it counts and when it is bad"
    assert explanation.endswith(".")
    assert re.fullmatch(r"connect(_[a-z]+)+", name)
    assert labels[0] == "service"
    if isinstance(metric, Gauge | Histogram):
        assert name.endswith(UNITS), f"{name}: end the name with its unit"


def test_the_metrics_that_operators_need_are_declared() -> None:
    declared = {names(metric)[0]: set(names(metric)[2]) for metric in DECLARED}

    assert declared["connect_events_consumed"] == {"service", "event_type", "outcome"}
    assert declared["connect_consumer_lag_events"] == {"service", "topic"}
    assert declared["connect_dead_letters"] == {"service", "state"}
    assert declared["connect_http_requests"] == {"service", "method", "route", "status"}
    assert declared["connect_scheduled_runs"] == {"service", "task", "outcome"}


def test_nothing_else_in_the_project_declares_metrics() -> None:
    sources = [*ROOT.glob("services/**/*.py"), *ROOT.glob("shared/**/*.py"), *ROOT.glob("deploy/**/*.py")]
    using = [path.relative_to(ROOT).as_posix() for path in sources if "prometheus_client" in path.read_text("utf-8")]

    assert using == ["shared/telemetry/metrics.py"]


def test_what_was_counted_can_be_read_back() -> None:
    counter = metrics.EVENTS_CONSUMED.labels("unit-test", "ApplicationValidated", metrics.Outcome.DEAD_LETTERED)
    counter.inc(3)

    body, content_type = metrics.render()
    samples = [
        sample
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
        if sample.labels.get("service") == "unit-test"
    ]
    metrics.EVENTS_CONSUMED.remove("unit-test", "ApplicationValidated", metrics.Outcome.DEAD_LETTERED)

    assert content_type.startswith("text/plain")
    total = next(sample for sample in samples if sample.name == "connect_events_consumed_total")
    assert total.value == 3
    assert total.labels["outcome"] == "dead_lettered"


def test_the_process_itself_is_measured() -> None:
    body, _ = metrics.render()

    assert b"process_resident_memory_bytes" in body
    assert b"python_gc_collections_total" in body


def test_a_name_cannot_be_declared_twice() -> None:
    with pytest.raises(ValueError, match="Duplicated"):
        Counter("connect_events_consumed", "Again.", registry=metrics.REGISTRY)
