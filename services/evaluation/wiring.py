"""The rooms of evaluation, put together."""

from pathlib import Path

from services.evaluation.http_api import router
from services.evaluation.reactions import REACTIONS
from services.evaluation.schedule import SCHEDULE
from shared.hosting.service import Service

SERVICE = Service(
    name="evaluation",
    title="CONNECT evaluation",
    description="Surveys before, during and after an exchange, actions, practices and results.",
    reactions=REACTIONS,
    schedule=SCHEDULE,
    routers=(router,),
    migrations=Path(__file__).parent / "migrations",
)
