"""Whether the process lives, whether it can work, and its figures."""

import asyncio
from typing import Any

import asyncpg
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from shared.postgres.pool import AWAY
from shared.postgres.unit_of_work import Database
from shared.primitives.readiness import Readiness
from shared.telemetry import metrics

ASK_TIMEOUT = 2.0

router = APIRouter(tags=["health"])


@router.get("/health/live")
async def live() -> dict[str, str]:
    """200 while the event loop runs."""
    return {"status": "live"}


@router.get("/health/ready")
async def ready(request: Request) -> JSONResponse:
    """200 if every part of the process can work now, else 503; the body says which can't and why."""
    readiness: Readiness = request.app.state.readiness
    await _ask_database(request.app.state.database, readiness)
    parts: dict[str, Any] = {
        name: {"ready": part.ready, "reason": part.reason, "figures": part.figures}
        for name, part in sorted(readiness.parts.items())
    }
    body = {"ready": readiness.is_ready, "service": request.app.state.service_name, "roles": parts}
    return JSONResponse(body, 200 if readiness.is_ready else 503)


@router.get("/metrics", include_in_schema=False)
async def figures(request: Request) -> Response:
    """Prometheus text format."""
    readiness: Readiness = request.app.state.readiness
    for name, part in readiness.parts.items():
        metrics.READY.labels(request.app.state.service_name, name).set(part.ready)
    body, media_type = metrics.render()
    return Response(body, media_type=media_type)


async def _ask_database(database: Database, readiness: Readiness) -> None:
    try:
        async with asyncio.timeout(ASK_TIMEOUT), database.reading() as connection:
            await connection.execute("SELECT 1")
    except (*AWAY, asyncpg.PostgresError) as error:
        readiness.not_ready("database", f"PostgreSQL does not answer ({type(error).__name__})")
    else:
        readiness.ready("database")
