"""A service's HTTP API in this process, on a test database, with callers who say who they are."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import cast
from uuid import UUID

import asyncpg
import httpx
from fastapi import FastAPI

from shared.hosting.dead_letters_api import dead_letters_router
from shared.hosting.service import Service
from shared.http.app import create_app
from shared.http.auth import NotSignedIn, TokenVerifier
from shared.postgres.unit_of_work import Database
from shared.primitives.actor import Actor
from shared.primitives.readiness import Readiness
from shared.primitives.terms import Role


class TrustingVerifier(TokenVerifier):
    """Believes the token: it is the actor, as JSON."""

    def __init__(self) -> None:
        super().__init__("http://nowhere.invalid")

    async def actor(self, authorization: str | None) -> Actor:
        """The actor that the header spells out."""
        if not authorization:
            raise NotSignedIn("Send a bearer token.")
        claims = json.loads(authorization.removeprefix("Bearer "))
        return Actor(
            account=claims["sub"],
            roles=frozenset(Role(role) for role in claims["roles"]),
            organisation_id=UUID(claims["organisation_id"]) if claims.get("organisation_id") else None,
        )


def signed_in(*roles: Role, account: str = "someone", organisation_id: UUID | None = None) -> dict[str, str]:
    """The headers of a caller with these roles."""
    claims = {
        "sub": account,
        "roles": list(roles),
        "organisation_id": str(organisation_id) if organisation_id else None,
    }
    return {"Authorization": "Bearer " + json.dumps(claims)}


@asynccontextmanager
async def calling(
    service: Service, database: Database, verifier: TokenVerifier | None = None, *, below: str = "", **headers: str
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service's API below a path, whose callers are believed unless another verifier is given."""
    app = _app(service, database, verifier or TrustingVerifier())
    async with _client(app, below, headers) as client:
        yield client


def trusting_app(service: Service) -> FastAPI:
    """An API without a database whose callers are believed: for what needs none."""
    return _app(service, Database(cast(asyncpg.Pool, None), service.name), TrustingVerifier())


def app_without_database(service: Service) -> FastAPI:
    """An API that has no database and no keys: for what must be refused before either is needed."""
    no_pool = cast(asyncpg.Pool, None)
    return _app(service, Database(no_pool, service.name), TokenVerifier("http://127.0.0.1:9"))


@asynccontextmanager
async def calling_without_database(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """A client of such an API."""
    async with _client(app_without_database(service)) as client:
        yield client


@asynccontextmanager
async def _client(
    app: FastAPI, below: str = "", headers: Mapping[str, str] | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    transport, url = httpx.ASGITransport(app=app, raise_app_exceptions=False), f"http://service{below}"
    async with httpx.AsyncClient(transport=transport, base_url=url, headers=headers) as client:
        yield client


def _app(service: Service, database: Database, verifier: TokenVerifier) -> FastAPI:
    return create_app(
        service=service.name,
        title=service.title,
        description=service.description,
        routers=(*service.routers, dead_letters_router(service.reactions)),
        database=database,
        readiness=Readiness(),
        verifier=verifier,
        larger_bodies=service.larger_bodies,
    )
