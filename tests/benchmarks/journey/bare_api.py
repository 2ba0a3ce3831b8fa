"""The peer of an HTTP command: FastAPI and asyncpg and nothing else, with the same SQL in one transaction.

No token, no problem documents, no metrics, no trace, no idempotency key. Run as a process: `… PORT DSN`.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import asyncpg
import orjson
import uuid_utils
import uvicorn
from fastapi import FastAPI, Request
from pydantic import BaseModel

INSERT = """
INSERT INTO organisations (organisation_id, kind, legal_type, name, country, seat, population, languages,
                           association_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
RESERVE = """
INSERT INTO outbox_sequences AS s (topic, subject, last)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])
ON CONFLICT (topic, subject) DO UPDATE SET last = s.last + excluded.last
RETURNING topic, subject, last
"""
COLUMNS = ("event_id", "topic", "key", "headers", "value")
NAMES = ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "ce_subjectsequence"]
TOPIC, COUNTRY, POPULATION = "intake.organisations", "GH", 100_000


class Body(BaseModel):
    """An organisation."""

    kind: str
    legal_type: str
    name: str
    seat: int
    languages: list[str]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """A pool for as long as the app lives."""
    async with asyncpg.create_pool(sys.argv[2], min_size=1, max_size=8) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan)


@app.post("/organisations", status_code=201)
async def register(body: Body, request: Request) -> dict[str, str]:
    """Store it, and the event that tells of it."""
    organisation_id, event_id = str(uuid_utils.uuid7()), str(uuid_utils.uuid7())
    said = {"organisation_id": organisation_id, "country": COUNTRY, "population": POPULATION} | body.model_dump()
    async with request.app.state.pool.acquire() as connection, connection.transaction():
        place = (body.name, COUNTRY, body.seat, POPULATION, body.languages, None)
        await connection.execute(INSERT, organisation_id, body.kind, body.legal_type, *place)
        reserved = await connection.fetch(RESERVE, [TOPIC], [organisation_id], [1])
        values = ["1.0", event_id, "Registered", "/bare", organisation_id, datetime.now(UTC).isoformat()]
        headers = orjson.dumps(dict(zip(NAMES, (*values, str(reserved[0][2])), strict=True))).decode()
        row = (event_id, TOPIC, organisation_id, headers, orjson.dumps(said))
        await connection.copy_records_to_table("outbox", records=[row], columns=COLUMNS)
    return {"id": organisation_id}


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False, log_level="warning")
