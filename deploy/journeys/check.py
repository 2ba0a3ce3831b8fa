"""The operators' synthetic check: one invented application from nothing to the closed case, with every event.

Each run has new organisations, so no run is a duplicate of another. Other people's offers can't come between: the
requester asks for the offerer by name, which puts that offer first, and both sides work in a language that nobody else
offers (the scripts say Tongan, since Tonga has no municipalities), so nobody else is proposed, asked or booked. Nor is
the invented association ever asked for offers to others: it works in that language alone.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.cli.copy import OperatorClient
from deploy.journeys.desk import open_desk
from deploy.journeys.journey import Journey, JourneyFailed, Step
from deploy.journeys.ledger import Ledger
from deploy.journeys.script import read_script
from deploy.journeys.steps import steps_until
from deploy.journeys.timeline import Seen, Timeline
from shared.primitives.ids import new_id
from shared.primitives.terms import Mode

SCRIPTS = Path(__file__).parent / "checks"
# The last word about each thing in the case. Whoever has heard it has heard what came before: a thing's events are kept
# in their order.
LAST_WORDS = ("MatchConfirmed", "ExchangeClosed", "ActionAgreed", "PracticePublished", "ApplicationClosed")


@dataclass(frozen=True)
class Outcome:
    """What came of a check. Of its `seconds` it `waited` for so many: it could only look whether an event had arrived.

    `problem` is a sentence, or None where the case is closed and its evaluation stored.
    """

    mode: Mode
    case_id: str
    reference: str | None
    exchange_id: str
    problem: str | None
    events: tuple[Seen, ...]
    seconds: float
    waited: float

    @property
    def busy_share(self) -> float:
        """The share of the time that was not our own waiting: services were carrying out orders."""
        return 1 - self.waited / self.seconds


async def run_check(
    mode: Mode,
    urls: Mapping[str, str],
    client: OperatorClient,
    *,
    seconds: float,
    look_at: Callable[[str], str],
    tell: Callable[[Seen], None],
) -> Outcome:
    """Walk the whole way. Raises OperatorError where the system can't be used at all."""
    async with open_desk(urls, client) as desk:
        await desk.check()
        run, today, desk.waited = f"check/{new_id()}", datetime.now(UTC).date(), 0.0
        script = read_script(SCRIPTS / f"{mode}.toml", today)
        begun = time.monotonic()
        timeline = Timeline(desk, lambda: time.monotonic() - begun, tell)
        journey = Journey(script, today, desk, Ledger(), run, run, look_at)
        problem = await _walk(journey, timeline, seconds)
        return Outcome(
            mode=mode,
            case_id=journey.case_id,
            reference=timeline.reference,
            exchange_id=journey.exchange_id,
            problem=problem,
            events=timeline.told,
            seconds=round(time.monotonic() - begun, 3),
            waited=round(desk.waited, 3),
        )


async def _walk(journey: Journey, timeline: Timeline, seconds: float) -> str | None:
    async def find_all_events(journey: Journey) -> None:
        surveys = await journey.get("evaluation", f"/v1/exchanges/{journey.exchange_id}/surveys")
        expected = dict.fromkeys(LAST_WORDS, 1) | {"EvaluationSubmitted": len(surveys)}
        await journey.desk.until(lambda: timeline.has(journey, expected))

    following = asyncio.create_task(timeline.follow(journey))
    try:
        await journey.play((*steps_until(None), Step("timeline-complete", "portal", find_all_events)), seconds)
    except JourneyFailed as failed:
        return str(failed)
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
    return None
