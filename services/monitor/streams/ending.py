"""Ends a Faust worker within a few seconds, also while Kafka is away.

Faust commits its offsets at the end and waits for the answer: with Kafka away that took 120 seconds, deaf to
cancellation, and kept the consumer's thread alive for as long. So it gets a moment; then whatever its thread waits for
is cancelled. Nothing is lost with it but statistics.
"""

import asyncio
from threading import Thread

from services.monitor.streams.app import CountingApp
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

PATIENCE = 3.0
CANCEL_EVERY, CANCEL_TIMES = 0.25, 20


async def end(app: CountingApp) -> None:
    """Stop the app. On return its tasks and its thread have ended, or can't be ended from here. Never raises."""
    ending = asyncio.create_task(app.stop())
    await asyncio.wait({ending}, timeout=PATIENCE)
    for _ in range(CANCEL_TIMES):
        if ending.done() and not _is_alive(app):
            break
        _cancel_in_thread(app)
        ending.cancel()
        await asyncio.sleep(CANCEL_EVERY)
    else:
        log.warning("the statistics worker does not end")
    if ending.done() and not ending.cancelled() and ending.exception() is not None:
        log.warning("the statistics worker did not end in order", error=ending.exception())


def _thread_of(app: CountingApp) -> Thread | None:
    return getattr(getattr(app.consumer, "_thread", None), "_thread", None)


def _is_alive(app: CountingApp) -> bool:
    thread = _thread_of(app)
    return thread is not None and thread.is_alive()


def _cancel_in_thread(app: CountingApp) -> None:
    """Cancel everything that the consumer's thread is doing, in that thread."""
    loop: asyncio.AbstractEventLoop | None = getattr(getattr(app.consumer, "_thread", None), "thread_loop", None)

    def cancel() -> None:
        for task in asyncio.all_tasks(loop):
            task.cancel()

    if loop is not None and not loop.is_closed():
        try:
            loop.call_soon_threadsafe(cancel)
        except RuntimeError:
            log.info("the consumer's thread has ended meanwhile")
