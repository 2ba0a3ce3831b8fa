"""A start reads a snapshot and what came since; one that can't be trusted is left alone."""

import asyncio
from pathlib import Path

import pytest

from services.matching.live import offers_in_memory
from services.matching.storage import living as storage
from services.matching.storage import snapshots
from services.matching.storage.living import Living, living_in
from services.matching.storage.snapshots import file_of, read_snapshot
from shared.events.intake import OfferClosed, OfferPublished
from shared.hosting.service import Hosted
from shared.postgres.pool import Connection
from shared.postgres.unit_of_work import Database
from shared.primitives.readiness import Readiness
from tests.builders.matching import an_application, an_offer
from tests.integration.matching.conftest import Matching
from tests.integration.matching.test_offers_in_memory import another_process, rebuilt


@pytest.fixture(autouse=True)
def _few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Snapshots are written however few offers there are."""
    monkeypatch.setattr(storage, "WORTH_KEEPING", 1)


async def kept(matching: Matching, folder: Path, *offers: OfferPublished) -> Path:
    """Offers, of which a process that ends writes a snapshot."""
    await matching.hears(*offers)
    async with offers_in_memory(lambda: folder, hosted(matching.database)):
        pass
    async with matching.database.reading() as connection:
        file = await file_of(connection, folder)
    assert file is not None
    assert file.exists()
    return file


def hosted(database: Database) -> Hosted:
    return Hosted("matching", None, database, Readiness(), asyncio.Event())  # type: ignore[arg-type]


async def started(matching: Matching, folder: Path) -> tuple[Living, Matching]:
    """Another process that has begun."""
    fresh = another_process(matching)
    async with fresh.database.reading() as connection:
        await living_in(fresh.database).begin(connection, folder)
    return living_in(fresh.database), fresh


async def test_a_start_reads_what_was_kept_and_what_came_since(matching: Matching, tmp_path: Path) -> None:
    gone, stays, changed = an_offer(), an_offer(), an_offer()
    await kept(matching, tmp_path, gone, stays, changed)
    new = an_offer()
    await matching.hears(
        OfferClosed(offer_id=gone.offer_id, reason="withdrawn"), new, changed.model_copy(update={"themes": ("waste",)})
    )
    living, fresh = await started(matching, tmp_path)
    assert living.read_in_full == 0
    assert living.index.content() == await rebuilt(matching.database)
    application = an_application()
    await fresh.hears(application)
    assert {one.offer_id for one in await fresh.proposals(application)} == {
        stays.offer_id, new.offer_id, changed.offer_id
    }  # fmt: skip


async def test_roles_that_begin_at_once_read_the_snapshot_once(
    matching: Matching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks when a later one puts the index of the snapshot in the place of one that is up to date."""
    await kept(matching, tmp_path, an_offer(), an_offer())
    await matching.hears(an_offer())
    fresh, read = another_process(matching), 0

    async def read_and_count(connection: Connection, folder: Path) -> snapshots.Snapshot | None:
        nonlocal read
        read += 1
        return await read_snapshot(connection, folder)

    async def begin() -> None:
        async with fresh.database.reading() as connection:
            await living_in(fresh.database).begin(connection, tmp_path)

    monkeypatch.setattr(storage, "read_snapshot", read_and_count)
    await asyncio.gather(*(begin() for _ in range(3)))
    assert (read, living_in(fresh.database).read_in_full) == (1, 0)
    assert living_in(fresh.database).index.content() == await rebuilt(matching.database)


async def test_a_snapshot_is_written_once_for_all_that_was_seen(matching: Matching, tmp_path: Path) -> None:
    await matching.hears(an_offer())
    living, fresh = await started(matching, tmp_path)
    for written in (True, False):
        async with fresh.database.unit_of_work() as work:
            assert await living.keep(work, tmp_path) is written


async def test_what_was_rolled_back_or_committed_late_around_a_snapshot_comes_in(
    matching: Matching, tmp_path: Path
) -> None:
    first, second = an_offer(), an_offer()
    await matching.hears(first, second)
    change = "UPDATE offers SET capacity = 7 WHERE offer_id = $1"
    async with matching.database.unit_of_work() as late:
        await late.connection.execute(change, first.offer_id)
        await kept(matching, tmp_path)
    living, _ = await started(matching, tmp_path)
    assert living.read_in_full == 0
    assert living.index.content() == await rebuilt(matching.database)


async def test_a_snapshot_of_another_past_is_not_trusted(matching: Matching, tmp_path: Path) -> None:
    """As after a restore: the database does not know of it."""
    await kept(matching, tmp_path, an_offer())
    await matching.database.pool.execute("DELETE FROM offer_snapshots")
    living, _ = await started(matching, tmp_path)
    assert (living.read_in_full, len(living.index)) == (1, 1)


async def test_a_snapshot_that_is_too_old_is_not_used(
    matching: Matching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await kept(matching, tmp_path, an_offer())
    async with matching.database.reading() as connection:
        found = await read_snapshot(connection, tmp_path)
    assert found is not None
    old = found._replace(seen_at=found.seen_at.replace(year=2020))

    async def read_old(*_: object) -> snapshots.Snapshot:
        return old

    monkeypatch.setattr("services.matching.storage.living.read_snapshot", read_old)
    living, _ = await started(matching, tmp_path)
    assert (living.read_in_full, len(living.index)) == (1, 1)


@pytest.mark.parametrize("broken", [b"", b"no archive at all", b"PK\x03\x04 the beginning of one"])
async def test_a_broken_file_is_no_obstacle(matching: Matching, tmp_path: Path, broken: bytes) -> None:
    file = await kept(matching, tmp_path, an_offer())
    file.write_bytes(broken)
    living, _ = await started(matching, tmp_path)
    assert (living.read_in_full, len(living.index)) == (1, 1)


async def test_a_file_that_was_cut_off_is_no_obstacle(matching: Matching, tmp_path: Path) -> None:
    file = await kept(matching, tmp_path, *(an_offer() for _ in range(50)))
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    living, _ = await started(matching, tmp_path)
    assert (living.read_in_full, len(living.index)) == (1, 50)


async def test_a_disk_that_takes_nothing_ends_nothing(matching: Matching, tmp_path: Path) -> None:
    file = tmp_path / "a file"
    file.write_text("no folder")
    await matching.hears(an_offer())
    living, fresh = await started(matching, file)
    async with fresh.database.unit_of_work() as work:
        assert not await living.keep(work, file)
    living, _ = await started(matching, file)
    assert (living.read_in_full, len(living.index)) == (1, 1)


async def test_few_offers_are_not_worth_a_file(
    matching: Matching, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "WORTH_KEEPING", 3)
    await matching.hears(an_offer(), an_offer())
    living, fresh = await started(matching, tmp_path)
    for worth in (False, True):
        async with fresh.database.unit_of_work() as work:
            assert await living.keep(work, tmp_path) is worth
        await matching.hears(an_offer())
        async with fresh.database.reading() as connection:
            await living.catch_up(connection)
