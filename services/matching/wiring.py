"""Matching, put together."""

from functools import partial
from pathlib import Path

from services.matching.http_api import LARGER_BODIES, router
from services.matching.live import offers_in_memory, rounds_at_work, titles_embedded
from services.matching.reactions import REACTIONS
from services.matching.schedule import SCHEDULE
from services.matching.settings import snapshots
from shared.hosting.service import Companion, Role, Service

LOOKING: tuple[Role, ...] = ("react", "schedule", "http")  # whoever hears, waits or answers may have to look again

SERVICE = Service(
    name="matching",
    title="CONNECT matching",
    description="Finds peers for validated applications, and asks both sides.",
    reactions=REACTIONS,
    schedule=SCHEDULE,
    routers=(router,),
    larger_bodies=LARGER_BODIES,
    migrations=Path(__file__).parent / "migrations",
    companions=(
        *(Companion("offers in memory", role, partial(offers_in_memory, snapshots)) for role in LOOKING),
        Companion("rounds at work", "schedule", rounds_at_work),
        Companion("titles embedded", "schedule", titles_embedded),
    ),
)
