"""A producer in the release that UPGRADE_RELEASE names: it announces the withdrawals that a test writes into its table.

python -m tests.upgrade.teller_service schedule
"""

import os
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from shared.events.base import Event
from shared.events.intake import ApplicationWithdrawn
from shared.hosting.run import main
from shared.hosting.schedule import Due
from shared.hosting.service import Service
from shared.postgres.unit_of_work import UnitOfWork
from tests.upgrade.releases import ApplicationWithdrawnV2, Release, arm

MIGRATIONS = Path(__file__).parent / "migrations" / "teller"


def versions(release: Release, application_id: UUID, word: str) -> tuple[Event, ...]:
    """The fact as this release tells it, the newest version first."""
    first = ApplicationWithdrawn(application_id=application_id, reason=word)
    if release is Release.OLD:
        return (first,)
    second = ApplicationWithdrawnV2(application_id=application_id, reasons=(word,))
    return (second, first) if release is Release.BETWEEN else (second,)


async def tell_next(work: UnitOfWork) -> int:
    """Announce one withdrawal; returns 0, so that processes side by side take turns."""
    row = await work.connection.fetchrow(
        "SELECT position, application_id, word FROM to_tell WHERE told_by IS NULL ORDER BY position LIMIT 1 FOR UPDATE"
    )
    if row is not None:
        release = Release(os.environ["UPGRADE_RELEASE"])
        event_id = work.announce(*versions(release, row[1], row[2]), case=row[1])
        await work.connection.execute(
            "UPDATE to_tell SET told_by = $2, event_id = $3 WHERE position = $1", row[0], release, event_id
        )
    return 0


SERVICE = Service(
    name=os.environ.get("UPGRADE_NAME", "teller"),
    title="Teller",
    description="Announces withdrawals in one or two versions, for tests of upgrades.",
    reactions={},
    schedule=(Due("tell the next", timedelta(milliseconds=10), tell_next),),
    routers=(),
    migrations=MIGRATIONS,
)

if __name__ == "__main__":
    arm(os.environ)
    main(SERVICE)
