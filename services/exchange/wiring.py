"""The rooms of this service, put together."""

from pathlib import Path

from services.exchange.http_api import router
from services.exchange.reactions import REACTIONS
from services.exchange.schedule import SCHEDULE
from shared.hosting.service import Service

SERVICE = Service(
    name="exchange",
    title="CONNECT exchange",
    description="Organises exchanges between local governments: terms of reference, plan, checklist and report.",
    reactions=REACTIONS,
    schedule=SCHEDULE,
    routers=(router,),
    migrations=Path(__file__).parent / "migrations",
)
