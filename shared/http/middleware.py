"""What happens around every request: its size is bounded, its trace continued, its time measured."""

import time
from collections.abc import Mapping

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.problems import problem
from shared.telemetry import metrics
from shared.telemetry.tracing import SpanKind, span

MAX_BODY = 1_000_000  # bytes


class BoundedBody:
    """Refuses bodies over a limit, by their announced length or, where none is announced, as they come.

    `larger` has paths with a limit of their own.
    """

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY, larger: Mapping[str, int] | None = None) -> None:
        self.app, self.limit, self.larger = app, limit, larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 413."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = self.larger.get(scope["path"], self.limit)
        detail = f"The body is over {limit} bytes. Send less, or send it in parts."
        length = Request(scope).headers.get("content-length", "0")
        if length.isdigit() and int(length) > limit:
            await problem(413, "too-large", detail)(scope, receive, send)
            return
        read = 0

        async def bounded() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > limit:
                raise HTTPException(413, detail)
            return message

        await self.app(scope, bounded, send)


class Measured:
    """Continues the caller's trace and records method, route, status and duration."""

    def __init__(self, app: ASGIApp, service: str) -> None:
        self.app, self.service = app, service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on inside a span."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        method = scope["method"]
        try:
            with span(f"HTTP {method}", Request(scope).headers.get("traceparent"), SpanKind.SERVER):
                await self.app(scope, receive, noted)
        finally:
            # The route's template, not the path: ids would make a new time series each.
            route = getattr(scope.get("route"), "path", "unmatched")
            metrics.HTTP_REQUESTS.labels(self.service, method, route, str(status)).inc()
            metrics.HTTP_SECONDS.labels(self.service, method, route).observe(time.perf_counter() - started)
