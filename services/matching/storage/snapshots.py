"""The offers in memory as a file, so that a start reads only what came since.

A file is this machine's alone and may be gone at any time: whoever finds none, or none that can be trusted, reads all
offers from the database. It is trusted if it is of this source and of this database, whose own number and time line it
names, and if the database knows that it was written.
"""

import asyncio
import tempfile
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID
from zipfile import BadZipFile

import asyncpg
import numpy as np
import orjson

from services.matching import engine
from services.matching.engine.index.frozen import Frozen
from services.matching.engine.source import digest_of
from shared.postgres.pool import Connection
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

TOLD = "told"


class Snapshot(NamedTuple):
    """An index, and up to where it has seen the changes of offers; see `Living`."""

    frozen: Frozen
    seen: int
    seen_at: datetime
    again: frozenset[UUID]


async def write_snapshot(connection: Connection, folder: Path, snapshot_id: UUID, snapshot: Snapshot) -> Path | None:
    """Write a file in place of the last one; None where databases can't be told apart, or nothing can be written.

    Call it in a transaction of its own: the row that vouches for the file must be committed.
    """
    file = await file_of(connection, folder)
    if file is None:
        return None
    await connection.execute("INSERT INTO offer_snapshots (snapshot_id) VALUES ($1)", snapshot_id)
    told = {
        "snapshot_id": snapshot_id.hex,
        "seen": snapshot.seen,
        "seen_at": snapshot.seen_at.isoformat(),
        "again": [one.hex for one in snapshot.again],
        "index": snapshot.frozen.told,
    }
    try:
        await asyncio.to_thread(_write, file, snapshot.frozen.arrays, orjson.dumps(told))
    except OSError as error:
        log.warning("the offers in memory can't be written; the next start reads all of them", error=error)
        return None
    return file


async def read_snapshot(connection: Connection, folder: Path) -> Snapshot | None:
    """The last one that was written into the folder, if there is one that can be trusted."""
    file = await file_of(connection, folder)
    if file is None or not file.exists():
        return None
    try:
        arrays, told = await asyncio.to_thread(_read, file)
        known = await connection.fetchval(
            "SELECT true FROM offer_snapshots WHERE snapshot_id = $1", UUID(hex=told["snapshot_id"])
        )
        return _snapshot(arrays, told) if known else None
    except (OSError, ValueError, KeyError, EOFError, BadZipFile) as error:
        log.warning("the offers that were written can't be read; all are read from the database", error=error)
        return None


async def forget_snapshots(connection: Connection, older: timedelta) -> None:
    """Forget those that nobody may trust any more, because the changes since are forgotten too."""
    await connection.execute("DELETE FROM offer_snapshots WHERE written_at < now() - $1::interval", older)


def _snapshot(arrays: dict[str, Any], told: dict[str, Any]) -> Snapshot:
    return Snapshot(
        frozen=Frozen(arrays, told["index"]),
        seen=told["seen"],
        seen_at=datetime.fromisoformat(told["seen_at"]),
        again=frozenset(UUID(hex=one) for one in told["again"]),
    )


def _write(file: Path, arrays: Any, told: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=file.parent, suffix=".part", delete=False) as part:
        contents: dict[str, Any] = {**arrays, TOLD: np.frombuffer(told, np.uint8)}
        np.savez(part, **contents)
    Path(part.name).replace(file)


def _read(file: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    with file.open("rb") as opened, np.load(opened, allow_pickle=False) as read:
        arrays = {name: read[name] for name in read.files}
    return arrays, orjson.loads(arrays.pop(TOLD).tobytes())


async def file_of(connection: Connection, folder: Path) -> Path | None:
    """The file of this database and this source; None if the role may not ask the database for its number."""
    try:
        async with connection.transaction():
            number = await connection.fetchval(
                """
                SELECT format('%s-%s-%s', system_identifier, timeline_id, (SELECT oid FROM pg_database
                                                                           WHERE datname = current_database()))
                FROM pg_control_system(), pg_control_checkpoint()
                """
            )
    except asyncpg.InsufficientPrivilegeError:
        return None
    return folder / f"offers-{number}-{_source()}.npz"


@cache
def _source() -> str:
    """Of the code that makes an index what it is: another release reads nothing of this one's."""
    return digest_of(Path(engine.__file__).parent)
