"""The web application of a process: health and metrics for every role, the API for the role that serves it."""

from collections.abc import Mapping, Sequence
from functools import partial

from fastapi import APIRouter, FastAPI

from shared.http import health, openapi, problems
from shared.http.auth import TokenVerifier
from shared.http.middleware import BoundedBody, Measured
from shared.postgres.unit_of_work import Database
from shared.primitives.readiness import Readiness


def create_app(
    *,
    service: str,
    title: str,
    description: str,
    routers: Sequence[APIRouter],
    database: Database,
    readiness: Readiness,
    verifier: TokenVerifier,
    larger_bodies: Mapping[str, int] | None = None,
) -> FastAPI:
    """An app whose errors are problem documents, with its OpenAPI document at /openapi.json and no interactive pages.

    The interactive pages would load scripts from elsewhere. `larger_bodies` are paths with a limit of their own for
    the bytes of a request's body.
    """
    app = FastAPI(title=title, description=description, version="1", docs_url=None, redoc_url=None)
    app.state.service_name = service
    app.state.database = database
    app.state.readiness = readiness
    app.state.verifier = verifier
    problems.install(app)
    app.openapi = partial(openapi.document, app)  # type: ignore[method-assign]  # the way that FastAPI documents
    app.include_router(health.router)
    for router in routers:
        app.include_router(router)
    app.add_middleware(BoundedBody, larger=larger_bodies)
    app.add_middleware(Measured, service=service)
    return app
