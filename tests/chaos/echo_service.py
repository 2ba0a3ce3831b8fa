"""A service made of the real rooms, whose only work is to repeat: each event that it hears is a row and an answer.

    python -m tests.chaos.echo_service all

It hears withdrawals one by one and rejections in sets, both of `intake.applications`, and answers each on
`matching.searches` with the number that the event had. Its name comes from CHAOS_NAME, so that every test has a
consumer group and a database of its own; no service of the product has such a name. CHAOS_BATCH makes its batches
small, and CHAOS_KILL (see kill_points) ends it at a chosen place.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from shared.events.envelope import Envelope
from shared.events.intake import ApplicationRejected, ApplicationWithdrawn
from shared.events.matching import NoMatchFound
from shared.hosting.run import main
from shared.hosting.service import Service
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import Rejected
from shared.streaming.reactions import Batched
from tests.chaos import kill_points

REFUSED, FORBIDDEN, DEFECTIVE = "refused", "forbidden", "defective"
MIGRATIONS = Path(__file__).parent / "migrations" / "echo"


async def repeat(work: UnitOfWork, _: ApplicationWithdrawn) -> None:
    """Write one event down and answer it."""
    assert work.cause is not None
    await repeat_all(work, [work.cause])


async def repeat_all(work: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
    """Write the events down in their order and answer each. Some words are refused, or make it fail."""
    words = [word_of(envelope) for envelope in envelopes]
    await _count(work, envelopes)
    if REFUSED in words:
        raise Rejected("told-so", "the word is refused")
    if await work.connection.fetchval("SELECT EXISTS (SELECT FROM defects WHERE word = ANY($1::text[]))", words):
        raise LookupError("a defect that somebody will mend")
    await _write(work, envelopes, words)
    for envelope in envelopes:
        answer = NoMatchFound(
            application_id=_application(envelope), considered=0, filtered=(), search=envelope.sequence
        )
        work.announce(answer, case=envelope.case_id)


def word_of(envelope: Envelope) -> str:
    """What the event says."""
    if isinstance(envelope.data, ApplicationWithdrawn):
        return envelope.data.reason
    assert isinstance(envelope.data, ApplicationRejected)
    return envelope.data.codes[0]


def _application(envelope: Envelope) -> UUID:
    assert isinstance(envelope.data, ApplicationWithdrawn | ApplicationRejected)
    return envelope.data.application_id


async def _count(work: UnitOfWork, envelopes: Sequence[Envelope]) -> None:
    await work.connection.execute(
        """
        INSERT INTO tallies AS t (application_id, heard)
        SELECT id, count(*) FROM unnest($1::uuid[]) AS id GROUP BY id ORDER BY id
        ON CONFLICT (application_id) DO UPDATE SET heard = t.heard + excluded.heard
        """,
        [_application(envelope) for envelope in envelopes],
    )


async def _write(work: UnitOfWork, envelopes: Sequence[Envelope], words: Sequence[str]) -> None:
    await work.connection.execute(
        """
        INSERT INTO heard (application_id, sequence, event_id, word)
        SELECT a, s, e, w FROM unnest($1::uuid[], $2::integer[], $3::uuid[], $4::text[])
        WITH ORDINALITY AS u (a, s, e, w, place) ORDER BY place
        """,
        [_application(envelope) for envelope in envelopes],
        [envelope.sequence for envelope in envelopes],
        [envelope.id for envelope in envelopes],
        words,
    )


SERVICE = Service(
    name=os.environ.get("CHAOS_NAME", "echo"),
    title="Echo",
    description="Repeats what it hears, for tests of failures.",
    reactions={ApplicationWithdrawn: repeat, ApplicationRejected: Batched(repeat_all)},
    schedule=(),
    routers=(),
    migrations=MIGRATIONS,
)

if __name__ == "__main__":
    kill_points.arm(os.environ)
    main(SERVICE)
