"""What an operator does with a dead letter: try it again, or give it up; then its queue moves on, in order."""

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import NotFound, WrongState
from shared.streaming import acts, dead_letters
from shared.streaming.batch import POISON, react, refused
from shared.streaming.message import Broken, Readable, read
from shared.streaming.reactions import Reactions


@dataclass(frozen=True, slots=True)
class Settle:
    """The command: which letter, and why it is settled so."""

    letter_id: UUID
    why: str


@dataclass(frozen=True, slots=True)
class Settled:
    """How many messages were handled, and the letter that stops the queue now, if one does."""

    handled: int
    blocked_by: UUID | None


async def replay(work: UnitOfWork, reactions: Reactions, command: Settle) -> Settled:
    """Try the letter again, then what waited behind it, in order, until one fails again. The events keep their ids.

    Raises NotFound, or WrongState if the letter is settled already or is not the first of its queue.
    """
    row = await _open_letter(work, command.letter_id)
    return await _work_off(work, reactions, row, command.why)


async def discard(work: UnitOfWork, reactions: Reactions, command: Settle) -> Settled:
    """Give the letter up, then handle what waited behind it, in order, until one fails. Raises as `replay` does."""
    row = await _open_letter(work, command.letter_id)
    item = read(dead_letters.message_of(row))
    if isinstance(item, Readable):
        await dead_letters.claim(work.connection, row, item.claim_id)  # its copies are given up with it
    await dead_letters.settle(work, row, "discarded", command.why)
    following = await _next(work, row)
    return await _work_off(work, reactions, following, command.why) if following else Settled(0, None)


async def _open_letter(work: UnitOfWork, letter_id: UUID) -> asyncpg.Record:
    row = await dead_letters.lock(work.connection, letter_id)
    if row is None:
        raise NotFound("no-such-dead-letter", "There is no dead letter with this id. List them to see which there are.")
    if row["state"] != "dead":
        raise WrongState("not-dead", f"This message is {row['state']}; only a dead letter can be settled.")
    return row


async def _work_off(work: UnitOfWork, reactions: Reactions, row: asyncpg.Record | None, why: str) -> Settled:
    handled = 0
    while row is not None:
        refusal = await _try(work, reactions, row)
        if refusal is not None:
            await acts.record(work, row["id"], "failed", why, refusal)
            if row["state"] == "waiting":  # else the letter keeps the reason that it came with
                await dead_letters.mark_dead(work.connection, row["id"], refusal.reason, refusal.detail)
                dead_letters.announce_dead(work, row["id"], refusal)
            return Settled(handled, row["id"])
        await dead_letters.settle(work, row, "replayed", why)
        handled += 1
        row = await _next(work, row)
    return Settled(handled, None)


async def _next(work: UnitOfWork, row: asyncpg.Record) -> asyncpg.Record | None:
    if row["key"] is None:
        return None
    following = await dead_letters.next_in_line(work.connection, row["topic"], row["key"])
    if following is None:
        await dead_letters.release(work.connection, row["topic"], row["key"])
    return following


async def _try(work: UnitOfWork, reactions: Reactions, row: asyncpg.Record) -> Broken | None:
    item = read(dead_letters.message_of(row))
    if isinstance(item, Broken):
        return item
    reaction = reactions.get(item.envelope.entry.event)
    if reaction is None or not await dead_letters.claim(work.connection, row, item.claim_id):
        return None
    said = len(work.announced)
    try:
        async with work.connection.transaction():
            await react(work, item, reaction)
    except POISON as error:
        del work.announced[said:]
        return refused(item, error)
    return None
