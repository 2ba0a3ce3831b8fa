"""What every search needs, in the memory of this process and kept up to what is committed: all offers, the policies,
the mean of all ratings.

Nothing that a transaction has not committed comes in: it may be rolled back, and others would be proposed what never
was. What a unit of work has changed itself is given to it beside the index.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from services.matching.engine.index import OfferIndex
from services.matching.engine.values import NO_FAVOUR, RATING_WITHOUT_ANY, Candidate, Favour, Scale, Weights
from services.matching.rules.policy import Policy
from services.matching.storage import offers
from services.matching.storage.policies import policies_after
from services.matching.storage.snapshots import Snapshot, forget_snapshots, read_snapshot, write_snapshot
from shared.postgres.pool import Connection
from shared.postgres.unit_of_work import Database, UnitOfWork

AT_ONCE, PRUNE_AT_ONCE = 5_000, 10_000
# Changes are kept for twice as long: whoever has not looked for so long reads everything again.
TRUSTED_FOR = timedelta(hours=12)
WORTH_KEEPING = 20_000  # offers from which on a snapshot is written; fewer are read within a second or two
REMEMBERED = 10_000  # offers of which all is known, beside what the index needs of them
MEMORY = "living"

Progress = Callable[[int], None]

CHANGES = """
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS seen, now() AS at,
           ARRAY(SELECT DISTINCT offer_id FROM offer_changes WHERE changed_in >= $1) AS changed,
           ARRAY(SELECT DISTINCT offer_id FROM offer_changes
                 WHERE changed_in = pg_current_xact_id_if_assigned()::text::bigint) AS own,
           (SELECT max(version) FROM policies) AS policy,
           (SELECT rating_total / nullif(ratings, 0) FROM rating_totals
            WHERE of_whom = 'everybody') AS mean_rating
"""


@dataclass(slots=True)
class Living:
    """What one process knows. `seen`: every transaction before this number has come in, or was rolled back.

    `policies` by version; `mean_rating` of all experts.
    """

    index: OfferIndex = field(default_factory=OfferIndex)
    policies: dict[int, Policy] = field(default_factory=dict)
    mean_rating: float = RATING_WITHOUT_ANY
    read_in_full: int = 0  # how often all offers were read
    _seen: int | None = None
    _seen_at: datetime | None = None
    _kept: datetime | None = None  # when the last snapshot of this process was seen
    _recent: dict[UUID, Candidate] = field(default_factory=dict)
    _again: set[UUID] = field(default_factory=set)
    _catching_up: asyncio.Lock = field(default_factory=asyncio.Lock)

    def scale(self, weights: Weights, favour: Favour = NO_FAVOUR) -> Scale:
        """How to score with these weights, by what is known now, and whom to favour."""
        return Scale(weights, self.mean_rating, *self.index.expectations(), favour)

    async def catch_up(
        self, connection: Connection, progress: Progress = lambda _: None
    ) -> dict[UUID, Candidate | None]:
        """Bring all of it up to what is committed; returns the offers that the running transaction has changed itself.

        Those are as it sees them, None where they are closed; what the index has of them does not count for it. The
        first time, and after half a day without a look, everything is read, with progress.
        """
        async with self._catching_up:
            row = await connection.fetchrow(CHANGES, self._seen)
            own = set(row["own"])
            if self._seen_at is None or row["at"] - self._seen_at > TRUSTED_FOR:
                await self._read_all(connection, own, progress)
                self.read_in_full += 1
            await self._read(connection, (self._again | set(row["changed"])) - own)
            # What this transaction has changed is read again once it has ended, whichever way it ends.
            self._again = own
            self._seen, self._seen_at = row["seen"], row["at"]
            self.mean_rating = RATING_WITHOUT_ANY if row["mean_rating"] is None else row["mean_rating"]
            if row["policy"] not in self.policies:
                await self._read_policies(connection)
        known = {one.offer_id: one for one in await offers.candidates(connection, own)} if own else {}
        return {offer_id: known.get(offer_id) for offer_id in own}

    async def facts(self, connection: Connection, offer_ids: Sequence[UUID]) -> list[Candidate]:
        """These offers with all that is known of them.

        Who is best for one is often so for others: those that were asked for lately and have not changed since, by what
        this process knows, are not read again.
        """
        unknown = [one for one in offer_ids if one not in self._recent]
        for one in await offers.candidates(connection, unknown) if unknown else ():
            self._recent[one.offer_id] = one
        found = [self._recent[one] for one in offer_ids if one in self._recent]
        while len(self._recent) > REMEMBERED:
            del self._recent[next(iter(self._recent))]
        return found

    async def begin(self, connection: Connection, folder: Path, progress: Progress = lambda _: None) -> None:
        """The first `catch_up`: from a snapshot that can be trusted and what came since, else from nothing."""
        async with self._catching_up:  # several roles of a process begin at once, and one of them reads
            found = await read_snapshot(connection, folder) if self._seen is None else None
            if found is not None:
                self.index = OfferIndex.of(found.frozen)
                self._seen, self._seen_at, self._again = found.seen, found.seen_at, set(found.again)
                progress(len(self.index))
        await self.catch_up(connection, progress)

    async def keep(self, work: UnitOfWork, folder: Path) -> bool:
        """Write a snapshot into the folder, if there are enough offers to be worth it; whether it was written.

        Nothing is written where nobody has looked since the last one: several roles of a process end at once. To be
        called in a unit of work of its own, which has changed nothing else.
        """
        async with self._catching_up:
            if self._seen is None or self._seen_at is None or len(self.index) < WORTH_KEEPING:
                return False
            if self._kept == self._seen_at:
                return False
            self._kept = self._seen_at
            snapshot = Snapshot(self.index.frozen(), self._seen, self._seen_at, frozenset(self._again))
        await forget_snapshots(work.connection, 2 * TRUSTED_FOR)
        return await write_snapshot(work.connection, folder, work.new_id(), snapshot) is not None

    async def _read_policies(self, connection: Connection) -> None:
        for one in await policies_after(connection, max(self.policies, default=0)):
            self.policies[one.version] = one

    async def _read(self, connection: Connection, changed: set[UUID]) -> None:
        if not changed:
            return
        for offer_id in changed:
            self._recent.pop(offer_id, None)
        known = {one.offer_id: one for one in await offers.candidates(connection, changed)}
        for offer_id in changed:
            if offer_id in known:
                self.index.put(known[offer_id])
            else:
                self.index.remove(offer_id)

    async def _read_all(self, connection: Connection, own: set[UUID], progress: Progress) -> None:
        index = OfferIndex()
        async for some in offers.in_portions(connection, AT_ONCE):
            for candidate in some:
                if candidate.offer_id not in own:
                    index.put(candidate)
            progress(len(index))
            await asyncio.sleep(0)
        self.index = index
        self._recent.clear()


def living_in(of: UnitOfWork | Database) -> Living:
    """What this process knows; nothing until somebody catches up."""
    if MEMORY not in of.memory:
        of.memory[MEMORY] = Living()
    living: Living = of.memory[MEMORY]
    return living


async def forget_changes(connection: Connection) -> int:
    """Forget changes that everybody has seen or will never ask for, at most 10,000 at a time; returns how many."""
    status = await connection.execute(
        """
        DELETE FROM offer_changes WHERE position IN (
            SELECT position FROM offer_changes WHERE changed_at < now() - $1::interval LIMIT $2)
        """,
        2 * TRUSTED_FOR,
        PRUNE_AT_ONCE,
    )
    return int(status.rsplit(" ", 1)[1])
