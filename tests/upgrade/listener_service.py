"""A consumer in the release that UPGRADE_RELEASE names: it writes down each withdrawal, whatever version it comes in.

python -m tests.upgrade.listener_service react
"""

import os
from pathlib import Path
from uuid import UUID

from shared.events.intake import ApplicationWithdrawn
from shared.hosting.run import main
from shared.hosting.service import Service
from shared.postgres.unit_of_work import UnitOfWork
from shared.streaming.reactions import Reactions
from tests.upgrade.releases import ApplicationWithdrawnV2, Release, arm

MIGRATIONS = Path(__file__).parent / "migrations" / "listener"


async def note(work: UnitOfWork, event: ApplicationWithdrawn) -> None:
    """Write down what the first version says."""
    await _write(work, event.application_id, event.reason, 1)


async def note_second(work: UnitOfWork, event: ApplicationWithdrawnV2) -> None:
    """Write down what the second version says."""
    await _write(work, event.application_id, event.reasons[0], 2)


async def _write(work: UnitOfWork, application_id: UUID, word: str, version: int) -> None:
    assert work.cause is not None
    await work.connection.execute(
        """
        INSERT INTO noted (event_id, application_id, sequence, word, version, release) VALUES ($1, $2, $3, $4, $5, $6)
        """,
        work.cause.id,
        application_id,
        work.cause.sequence,
        word,
        version,
        os.environ.get("UPGRADE_RELEASE", "a test's"),
    )


def reactions(release: Release) -> Reactions:
    """A release that knows both reacts to both: which comes first is taken, and the inbox knows the other."""
    if release is Release.OLD:
        return {ApplicationWithdrawn: note}
    return {ApplicationWithdrawn: note, ApplicationWithdrawnV2: note_second}


def service(release: Release) -> Service:
    """The service as this release makes it."""
    return Service(
        name=os.environ.get("UPGRADE_NAME", "listener"),
        title="Listener",
        description="Writes down withdrawals of either version, for tests of upgrades.",
        reactions=reactions(release),
        schedule=(),
        routers=(),
        migrations=MIGRATIONS,
    )


if __name__ == "__main__":
    main(service(arm(os.environ)))
