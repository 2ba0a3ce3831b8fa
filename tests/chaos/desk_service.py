"""The caller with a door: a service whose HTTP API announces what it is asked to, in the caller's database.

    python -m tests.chaos.desk_service http

Whoever asks is believed (see tests/fakes/http.py): these tests are about room, not about rights.
"""

import os
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from shared.events.intake import ApplicationRejected
from shared.hosting import process
from shared.hosting.run import main
from shared.hosting.service import Service
from shared.http.body import Body
from shared.http.call import Call
from shared.postgres.unit_of_work import UnitOfWork
from tests.chaos.caller_service import MIGRATIONS
from tests.fakes.http import TrustingVerifier

router = APIRouter(prefix="/v1")


class Word(Body):
    """What is to be announced of an application: a word, so many times."""

    application_id: UUID
    word: Annotated[str, Field(pattern="^[a-z]{1,80}$")]
    times: int = Field(default=1, ge=1)


class Said(BaseModel):
    """The event that tells it."""

    event_id: UUID


async def say(work: UnitOfWork, command: Word) -> Said:
    """Write down that something is said, then announce it."""
    await work.connection.execute("INSERT INTO turns VALUES ($1)", work.new_id())
    fact = ApplicationRejected(application_id=command.application_id, codes=(command.word,) * command.times)
    event_id = work.announce(fact, case=command.application_id)
    await work.connection.execute("INSERT INTO said VALUES ($1, $2)", event_id, command.application_id)
    return Said(event_id=event_id)


@router.post("/words", status_code=201)
async def say_word(body: Word, call: Call) -> Said:
    """Say it."""
    return await call.command(say, body)


SERVICE = Service(
    name=os.environ.get("CHAOS_NAME", "desk"),
    title="Desk",
    description="Announces what it is asked to, for tests of failures.",
    reactions={},
    schedule=(),
    routers=(router,),
    migrations=MIGRATIONS,
)

if __name__ == "__main__":
    hosting: Any = process
    hosting.TokenVerifier = lambda _: TrustingVerifier()
    main(SERVICE)
