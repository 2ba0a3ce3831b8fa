"""W3C trace context: one trace follows a case through HTTP, outbox and Kafka, and every log line inside names it.

Without an exporter nothing is recorded: a span then only gives ids and hands them on. A span then costs 6 µs, 8 µs when
it continues a remote parent, 9 µs when it is recorded, and `current_traceparent` 1 µs (Python 3.11, one core of a
2-core machine). So a span belongs around a request, a reaction or a batch. A relay that moves 30,000 rows a second
needs none per row: a row keeps its `traceparent` as text, and forwarding copies it into the message's header.
"""

import re
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF, ALWAYS_ON
from opentelemetry.trace import NonRecordingSpan, SpanContext, SpanKind, Status, StatusCode, TraceFlags

__all__ = ["SpanKind", "configure_tracing", "current_traceparent", "inject", "span"]

# Version 00 ends after the flags; a later version may go on after a dash.
_TRACEPARENT = re.compile(r"(?!ff|00.{53}.)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-|\Z)")

# Until it is configured, the api's tracer: it hands a parent on and invents no ids.
_tracer: trace.Tracer = trace.NoOpTracer()


def configure_tracing(service: str, exporter: SpanProcessor | None = None) -> None:
    """Lets this process start spans under the service's name; calling it again replaces what was set.

    With an `exporter` (for instance a BatchSpanProcessor of the OpenTelemetry SDK) every span is recorded and handed
    to it; without one spans carry ids only and are marked as not sampled.
    """
    global _tracer  # noqa: PLW0603 -- one tracer per process, chosen once when the process starts
    provider = TracerProvider(
        sampler=ALWAYS_OFF if exporter is None else ALWAYS_ON, resource=Resource({"service.name": service})
    )
    if exporter is not None:
        provider.add_span_processor(exporter)
    _tracer = provider.get_tracer("connect")


@contextmanager
def span(name: str, traceparent: str | None = None, kind: SpanKind = SpanKind.INTERNAL) -> Iterator[None]:
    """A step of a trace: it continues `traceparent` if one is given, else the span around it, else a new trace.

    A `traceparent` that is not valid W3C text starts a new trace, as the standard demands. An exception passes through
    and marks the span as failed by its type's name; its message is not recorded, since it may quote data.
    """
    parent = None if traceparent is None else _context_of(traceparent)
    with _tracer.start_as_current_span(
        name, context=parent, kind=kind, record_exception=False, set_status_on_exception=False
    ) as current:
        try:
            yield
        except Exception as error:
            current.set_status(Status(StatusCode.ERROR, type(error).__qualname__))
            raise


def current_traceparent() -> str | None:
    """The W3C `traceparent` of the step that is running, or None outside of any span."""
    context = trace.get_current_span().get_span_context()
    if not context.is_valid:
        return None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def inject(headers: MutableMapping[str, str]) -> None:
    """Adds `traceparent` to the headers of an outgoing request; outside of any span it adds nothing."""
    traceparent = current_traceparent()
    if traceparent is not None:
        headers["traceparent"] = traceparent


def _context_of(traceparent: str) -> Context:
    """An OpenTelemetry context whose parent is the remote span; an empty one if the text is not valid.

    Ids of zeros are left to the SDK, which starts a new trace for them.
    """
    match = _TRACEPARENT.match(traceparent)
    if match is None:
        return Context()
    trace_id, span_id, flags = (int(part, 16) for part in match.groups())
    remote = SpanContext(trace_id, span_id, is_remote=True, trace_flags=TraceFlags(flags))
    return trace.set_span_in_context(NonRecordingSpan(remote), Context())
