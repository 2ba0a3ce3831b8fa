"""Ends a Faust worker within a few seconds, also while Kafka is away.

Faust commits its offsets at the end and waits for the answer: with Kafka away that took 120 seconds, deaf to
cancellation, and kept the consumer's thread alive for as long. So it gets a moment; then whatever its thread waits for
is cancelled. Nothing is lost with it but statistics. Faust has no public way to its thread.
"""

import asyncio
from contextlib import suppress
from threading import Thread
from typing import Any

import faust
from mode.threads import ServiceThread, WorkerThread

from shared.telemetry.logging import get_logger

log = get_logger(__name__)

PATIENCE = 3.0
CANCEL_EVERY, CANCEL_TIMES = 0.25, 20


class EndableThread(WorkerThread):
    """A thread that may be cancelled, and that never keeps the process from ending."""

    def __init__(self, service: ServiceThread, **kwargs: Any) -> None:
        super().__init__(service, **kwargs)
        self.daemon = True

    def run(self) -> None:
        """Serve; a cancellation is an end like any other."""
        with suppress(asyncio.CancelledError):
            super().run()


def consumer_thread(app: faust.App) -> ServiceThread:
    """Where the app's consumer works, which is another thread."""
    service: ServiceThread = app.consumer._thread  # type: ignore[attr-defined]
    return service


def make_endable(app: faust.App) -> None:
    """Let the app's consumer, which is not started yet, run in a thread that `end` can end."""
    consumer_thread(app).Worker = EndableThread


async def end(app: faust.App) -> None:
    """Stop the app. On return its tasks and its thread have ended, or can't be ended from here. Never raises."""
    ending = asyncio.create_task(app.stop())
    await asyncio.wait({ending}, timeout=PATIENCE)
    for _ in range(CANCEL_TIMES):
        if ending.done() and not _is_alive(app):
            break
        _cancel_in_thread(consumer_thread(app).thread_loop)
        ending.cancel()
        await asyncio.sleep(CANCEL_EVERY)
    else:
        log.warning("the statistics worker does not end")
    if ending.done() and not ending.cancelled() and ending.exception() is not None:
        log.warning("the statistics worker did not end in order", error=ending.exception())


def _is_alive(app: faust.App) -> bool:
    thread: Thread | None = consumer_thread(app)._thread
    return thread is not None and thread.is_alive()


def _cancel_in_thread(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel everything that the thread of this loop is doing, in that thread."""

    def cancel() -> None:
        for task in asyncio.all_tasks(loop):
            task.cancel()

    with suppress(RuntimeError):  # the loop was closed meanwhile, so the thread is ending
        loop.call_soon_threadsafe(cancel)
