"""The rooms of monitor, put together."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from services.monitor.clients import Holders
from services.monitor.http_api import api_router
from services.monitor.observer import observer
from services.monitor.pages import pages_router
from services.monitor.reactions import REACTIONS
from services.monitor.schedule import SCHEDULE
from services.monitor.settings import console_settings, is_open, patience
from services.monitor.streams import statistics
from shared.hosting.service import Companion, Hosted, Service


def monitor() -> Service:
    """A console with its own way to the services that hold dead letters."""
    holders = Holders()

    def reaching(hosted: Hosted) -> AbstractAsyncContextManager[None]:
        return holders.at(hosted.settings.urls)

    return Service(
        name="monitor",
        title="CONNECT monitor",
        description="The operators' console: streams, lags, services, timelines of cases, dead letters.",
        reactions=REACTIONS,
        schedule=SCHEDULE,
        routers=(api_router(patience, holders), pages_router(patience, is_open)),
        migrations=Path(__file__).parent / "migrations",
        companions=(
            Companion("statistics", "react", statistics),
            Companion("observer", "react", observer),
            Companion("holders of dead letters", "http", reaching),
        ),
        patience=0.5,
        gives_way=True,
        require=console_settings,
    )


SERVICE = monitor()
