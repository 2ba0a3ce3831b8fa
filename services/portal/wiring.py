"""The portal put together."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from services.portal import __doc__ as description
from services.portal import use_cases
from services.portal.assets.built import NotBuilt
from services.portal.clients import Matching
from services.portal.http_api import api_router
from services.portal.http_api.tokens import TokenDesk
from services.portal.live import Hub
from services.portal.pages.render import assets
from services.portal.pages.routes import pages_router
from services.portal.pages.themes import LARGER_BODIES
from services.portal.reactions import REACTIONS
from services.portal.rules.clients import Client, hash_secret
from services.portal.schedule import SCHEDULE
from services.portal.settings import RegisteredClient, read_clients, read_portal_settings
from services.portal.signing import read_signer
from shared.hosting.service import Companion, Hosted, Service
from shared.hosting.settings import SettingsError
from shared.primitives.terms import Role

# Of the roles that matching lets ask for suggestions, the one that may do the least besides.
ASKS_AS = Role.EXPERT


def portal() -> Service:
    """A portal with its own desk for tokens, its own hub for live pages and its own way to matching."""
    desk, hub, matching = TokenDesk(), Hub(), Matching()

    def live(hosted: Hosted) -> AbstractAsyncContextManager[None]:
        return hub.running(hosted.database, hosted.stopping)

    def tokens(hosted: Hosted) -> AbstractAsyncContextManager[None]:
        return _open_desk(desk, hosted)

    def suggestions(hosted: Hosted) -> AbstractAsyncContextManager[None]:
        return matching.reached(hosted.settings.urls["matching"], lambda: desk.own_token(ASKS_AS, hosted.database))

    return Service(
        name="portal",
        title="CONNECT portal",
        description=description or "",
        reactions=REACTIONS,
        schedule=SCHEDULE,
        routers=(api_router(desk), pages_router(hub, matching)),
        migrations=Path(__file__).parent / "migrations",
        larger_bodies=LARGER_BODIES,
        patience=0.1,  # pages are read by people; those who act on the same events come first
        companions=(
            Companion("tokens", "http", tokens),
            Companion("live pages", "http", live),
            Companion("suggestions", "http", suggestions),
        ),
    )


@asynccontextmanager
async def _open_desk(desk: TokenDesk, hosted: Hosted) -> AsyncIterator[None]:
    """Read the key and the files of the pages, register the clients, and give tokens from then on."""
    _require_built_files()
    settings = read_portal_settings()
    clients = [_client(registered) for registered in read_clients(settings.clients_file)]
    async with hosted.database.unit_of_work() as work:
        await use_cases.register_clients(work, clients)
    desk.signer = read_signer(settings.signing_key_file)
    yield


def _require_built_files() -> None:
    try:
        assets()
    except NotBuilt as error:
        raise SettingsError(str(error)) from error


def _client(registered: RegisteredClient) -> Client:
    secret = registered.secret.get_secret_value()
    return Client(registered.client_id, hash_secret(secret), frozenset(registered.roles))


SERVICE = portal()
