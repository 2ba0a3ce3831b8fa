"""Puts the rooms of intake together."""

from pathlib import Path

from services.intake.http_api import router
from services.intake.reactions import REACTIONS
from services.intake.schedule import SCHEDULE
from shared.hosting.service import Service

SERVICE = Service(
    name="intake",
    title="CONNECT intake",
    description="Organisations, members, applications and offers, and their validation.",
    reactions=REACTIONS,
    schedule=SCHEDULE,
    routers=(router,),
    migrations=Path(__file__).parent / "migrations",
)
