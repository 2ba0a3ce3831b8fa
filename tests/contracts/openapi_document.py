"""The OpenAPI document of a service, drawn from its routes without any server."""

import importlib
from typing import Any, cast

import asyncpg
from fastapi import FastAPI
from openapi_spec_validator import OpenAPIV31SpecValidator

from shared.hosting.dead_letters_api import dead_letters_router
from shared.hosting.service import Service
from shared.http.app import create_app
from shared.http.auth import TokenVerifier
from shared.postgres.unit_of_work import Database
from shared.primitives.readiness import Readiness

Document = dict[str, Any]


def app_of(service: str) -> FastAPI:
    """The service's app with all its routes. It can describe itself but not answer, since it has no database."""
    made: Service = importlib.import_module(f"services.{service}.wiring").SERVICE
    return create_app(
        service=made.name,
        title=made.title,
        description=made.description,
        routers=[*made.routers, dead_letters_router(made.reactions)],
        database=Database(pool=cast(asyncpg.Pool, None), service=made.name),
        readiness=Readiness(),
        verifier=TokenVerifier("http://127.0.0.1:1/.well-known/jwks.json"),
    )


def problems_of(document: Document) -> list[str]:
    """What the official OpenAPI 3.1 schema, and the rules that no schema can say, have against the document."""
    return [
        f"{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"
        for error in OpenAPIV31SpecValidator(document).iter_errors()
    ]
