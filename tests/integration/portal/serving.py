"""The portal on a test database: it hears events as the consumer hands them over, and serves its pages on loopback."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from services.matching.wiring import SERVICE as MATCHING
from services.portal.clients import Matching
from services.portal.http_api import api_router
from services.portal.http_api.tokens import TokenDesk
from services.portal.live import Hub
from services.portal.pages.routes import pages_router
from services.portal.pages.themes import LARGER_BODIES
from services.portal.reactions import REACTIONS
from services.portal.signing import Signer
from services.portal.wiring import ASKS_AS
from shared.events.envelope import Envelope
from shared.hosting.dead_letters_api import dead_letters_router
from shared.hosting.service import Hosted
from shared.hosting.settings import read_settings
from shared.http.app import create_app
from shared.http.auth import TokenVerifier
from shared.postgres.unit_of_work import Database
from shared.primitives.readiness import Readiness
from shared.streaming.batch import BatchProcessor
from tests.builders.portal import Story, messages
from tests.fakes.http import TrustingVerifier, app_without_database

MIGRATIONS = Path("services/portal/migrations")


@dataclass
class Portal:
    """A portal without its process. `stopping` ends it as a signal would."""

    database: Database
    hub: Hub = field(default_factory=Hub)
    # The first answer of a matching that has just begun takes longer on a busy machine than a person would wait.
    matching: Matching = field(default_factory=lambda: Matching(answer_within=20.0))
    desk: TokenDesk = field(default_factory=lambda: TokenDesk(Signer(Ed25519PrivateKey.generate())))
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def hears(self, *told: Story | Sequence[Envelope]) -> None:
        """What the stories tell, as one batch."""
        events = [event for each in told for event in (each.events if isinstance(each, Story) else each)]
        await BatchProcessor(self.database, REACTIONS).process(messages(events))

    def app(self) -> FastAPI:
        """The web application, with callers who say who they are."""
        app = create_app(
            service="portal",
            title="CONNECT portal",
            description="for a test",
            routers=(api_router(self.desk), pages_router(self.hub, self.matching), dead_letters_router(REACTIONS)),
            database=self.database,
            readiness=Readiness(),
            verifier=TrustingVerifier(),
            larger_bodies=LARGER_BODIES,
        )
        settings = read_settings("portal", {"CONNECT_POSTGRES_PASSWORD": "not used here"})
        app.state.hosted = Hosted("portal", settings, self.database, Readiness(), self.stopping)
        return app

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        """The address of the pages, as long as the context lasts."""
        async with self.hub.running(self.database, self.stopping), on_loopback(self.app()) as address:
            try:
                yield address
            finally:
                self.stopping.set()

    def reaching(self, url: str) -> AbstractAsyncContextManager[None]:
        """Matching is at this address as long as the context lasts; until then it is away."""
        # The clock of a test database stands still, and matching's does not.
        return self.matching.reached(url, lambda: self.desk.open_signer.own_token(ASKS_AS, datetime.now(UTC)))

    @asynccontextmanager
    async def beside_matching(self) -> AsyncIterator[str]:
        """The address of the pages, and matching beside them: its API as it is, which verifies the portal's tokens."""
        app = app_without_database(MATCHING)
        async with self.served() as address, on_loopback(app) as url, self.reaching(url):
            app.state.verifier = TokenVerifier(f"{address}/.well-known/jwks.json")
            yield address


@asynccontextmanager
async def on_loopback(app: FastAPI) -> AsyncIterator[str]:
    """The address of an application, as long as the context lasts."""
    config = uvicorn.Config(app, port=0, lifespan="off", log_config=None, timeout_graceful_shutdown=3)
    server = uvicorn.Server(config)
    listener = config.bind_socket()
    # Not serve(): that would take over the signals of the test run.
    serving = asyncio.create_task(server._serve([listener]))
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        await asyncio.wait_for(serving, 10)
        listener.close()
