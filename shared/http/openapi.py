"""The truth in the OpenAPI document: which problem documents an operation can answer with."""

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, Field

from shared.http.problems import MEDIA_TYPE, TITLES

PREFIX = "/v1/"
READING = (401, 403, 404, 422, 503)
COMMANDING = (400, 401, 403, 404, 409, 413, 422, 503)


class FieldError(BaseModel):
    """One thing that is wrong in the request."""

    pointer: str = Field(description="JSON pointer into the body, or ?name of a parameter")
    code: str
    detail: str = Field(description="how to repair it")


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str = Field(description="stable, to be translated or acted upon")
    detail: str = Field(description="what to do about it")
    errors: list[FieldError] = Field(default=[], description="each wrong place, where there are several")


def document(app: FastAPI) -> dict[str, Any]:
    """The app's OpenAPI document with our problem documents in place of FastAPI's validation errors."""
    if app.openapi_schema is None:
        made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas: dict[str, Any] = made.setdefault("components", {}).setdefault("schemas", {})
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= problem.pop("$defs") | {"Problem": problem}
        for method, operation in _operations(made):
            _tell(operation["responses"], READING if method == "get" else COMMANDING)
        app.openapi_schema = made
    return app.openapi_schema


def _operations(made: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in made["paths"].items():
        if path.startswith(PREFIX):
            yield from methods.items()


def _tell(responses: dict[str, Any], statuses: tuple[int, ...]) -> None:
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status in statuses:
        responses[str(status)] = {"description": TITLES[status], "content": content}
