"""Matching, put together."""

from pathlib import Path

from services.matching.http_api import router
from services.matching.reactions import REACTIONS
from services.matching.schedule import SCHEDULE
from shared.hosting.service import Service

SERVICE = Service(
    name="matching",
    title="CONNECT matching",
    description="Finds peers for validated applications, and asks both sides.",
    reactions=REACTIONS,
    schedule=SCHEDULE,
    routers=(router,),
    migrations=Path(__file__).parent / "migrations",
)
