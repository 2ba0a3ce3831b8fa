"""A trace is handed on as W3C text and survives every hop."""

import re

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from shared.telemetry.tracing import SpanKind, configure_tracing, current_traceparent, inject, span

PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def parts(traceparent: str | None) -> list[str]:
    assert traceparent is not None
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[0-3]", traceparent)
    return traceparent.split("-")


def test_there_is_no_trace_outside_of_a_span(traced: None) -> None:
    headers: dict[str, str] = {}
    inject(headers)

    assert current_traceparent() is None
    assert headers == {}


def test_a_span_without_a_parent_starts_a_trace(traced: None) -> None:
    with span("first"):
        first = parts(current_traceparent())
    with span("second"):
        second = parts(current_traceparent())

    assert first[1] != second[1]
    assert current_traceparent() is None


def test_a_span_continues_the_remote_parent(traced: None) -> None:
    with span("consume", PARENT, SpanKind.CONSUMER):
        current = parts(current_traceparent())

    assert current[1] == "4bf92f3577b34da6a3ce929d0e0e4736"
    assert current[2] != "00f067aa0ba902b7"


def test_an_inner_span_stays_in_the_trace_of_the_outer_one(traced: None) -> None:
    with span("outer"):
        outer = parts(current_traceparent())
        with span("inner"):
            inner = parts(current_traceparent())
        assert parts(current_traceparent()) == outer

    assert inner[1] == outer[1]
    assert inner[2] != outer[2]


def test_a_remote_parent_wins_over_the_span_around_it(traced: None) -> None:
    with span("batch"), span("event", PARENT):
        assert parts(current_traceparent())[1] == "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "rubbish",
        PARENT.upper(),
        PARENT[:-1],
        PARENT + "0",
        PARENT + "-more",
        "00-" + "0" * 32 + "-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-" + "0" * 16 + "-01",
        "ff" + PARENT[2:],
        "\n" + PARENT,
        PARENT + "\n",
    ],
)
def test_a_broken_parent_starts_a_new_trace(broken: str, traced: None) -> None:
    with span("outer"):
        outer = parts(current_traceparent())
        with span("event", broken):
            current = parts(current_traceparent())

    assert current[1] not in ("4bf92f3577b34da6a3ce929d0e0e4736", outer[1])


def test_a_parent_of_a_later_version_is_continued(traced: None) -> None:
    with span("event", "01" + PARENT[2:] + "-later"):
        assert parts(current_traceparent())[1] == "4bf92f3577b34da6a3ce929d0e0e4736"


def test_what_is_injected_is_what_opentelemetry_reads(traced: None) -> None:
    headers = {"accept": "application/json"}
    theirs: dict[str, str] = {}
    with span("call"):
        inject(headers)
        TraceContextTextMapPropagator().inject(theirs)

    assert headers == {"accept": "application/json", "traceparent": theirs["traceparent"]}


def test_an_exporter_gets_every_span_and_no_message_of_an_exception(traced: None) -> None:
    exporter = InMemorySpanExporter()
    configure_tracing("matching", SimpleSpanProcessor(exporter))
    with pytest.raises(ValueError, match="someone"), span("event", PARENT, SpanKind.CONSUMER):
        raise ValueError("someone@example.org")

    (recorded,) = exporter.get_finished_spans()
    assert recorded.parent is not None
    assert f"{recorded.parent.span_id:016x}" == "00f067aa0ba902b7"
    assert recorded.resource.attributes["service.name"] == "matching"
    assert recorded.status.description == "ValueError"
    assert "someone" not in recorded.to_json()


def test_without_configuration_a_parent_is_handed_on_unchanged() -> None:
    with span("event", PARENT):
        assert current_traceparent() == PARENT
