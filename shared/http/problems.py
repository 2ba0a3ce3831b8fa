"""Errors as problem documents (RFC 9457): what is wrong, where in the body, and what to do about it."""

from collections.abc import Sequence
from typing import Any

import asyncpg
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.http.auth import NotSignedIn
from shared.http.client import Refused
from shared.postgres import room
from shared.postgres.pool import AWAY
from shared.primitives.errors import Forbidden, Invalid, NotFound, Rejected, TryAgain, WrongState
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
BEARER = {"WWW-Authenticate": "Bearer"}
STATUS: dict[type, int] = {Invalid: 422, WrongState: 409, NotFound: 404, Forbidden: 403}
TITLES = {
    400: "The request can't be read",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Not possible now",
    413: "Too large",
    415: "Unsupported media type",
    422: "Something has to be mended",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "Not available for the moment",
}


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: Sequence[dict[str, str]] = (),
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """A problem document. `errors` are {pointer, code, detail}: JSON pointers into the body that was sent."""
    body: dict[str, Any] = {
        "type": f"urn:connect:problem:{code}",
        "title": TITLES.get(status, "Error"),
        "status": status,
        "code": code,
        "detail": detail,
    }
    if len(errors):
        body["errors"] = list(errors)
    return JSONResponse(body, status, headers=headers, media_type=MEDIA_TYPE)


def status_of(error: Rejected) -> int:
    """The HTTP status of a refusal; what another service has refused keeps the status that it had there."""
    if isinstance(error, Refused):
        return error.status
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 422)


def install(app: FastAPI) -> None:
    """Let every error of the app leave as a problem document."""
    app.add_exception_handler(Rejected, _rejected)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(TryAgain, _later)
    app.add_exception_handler(NotSignedIn, _not_signed_in)
    app.add_exception_handler(asyncpg.IntegrityConstraintViolationError, _conflict)
    app.add_exception_handler(asyncpg.DataError, _bad_value)
    for away in AWAY:
        app.add_exception_handler(away, _database_away)
    app.add_exception_handler(Exception, _defect)


async def _rejected(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Rejected)
    places = [{"pointer": place.pointer, "code": place.code, "detail": place.detail} for place in error.fields]
    status = status_of(error)
    return problem(status, error.code, error.detail, errors=places, headers=BEARER if status == 401 else None)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(item["type"] == "json_invalid" for item in found):
        return problem(400, "not-json", "The body is not valid JSON. Send a JSON object, encoded in UTF-8.")
    return problem(
        422,
        "invalid-body",
        "Some values are missing or wrong; each is named with its place.",
        errors=[{"pointer": _pointer(item["loc"]), "code": item["type"], "detail": item["msg"]} for item in found[:50]],
    )


def _pointer(location: Sequence[str | int]) -> str:
    """`("body", "need", "themes", 0)` → `/need/themes/0`; a path or query parameter is named as `?name`."""
    place, *rest = location
    if place != "body":
        return "?" + ".".join(map(str, rest))
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in rest)


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    details = {404: "There is nothing at this address.", 405: "This address does not take that method."}
    detail = details.get(error.status_code, str(error.detail))
    headers = dict(error.headers or {})
    code = TITLES.get(error.status_code, "error").lower().replace(" ", "-").replace("'", "")
    return problem(error.status_code, code, detail, headers=headers)


async def _not_signed_in(_: Request, error: Exception) -> JSONResponse:
    return problem(401, "not-signed-in", str(error), headers=BEARER)


async def _later(_: Request, error: Exception) -> JSONResponse:
    return problem(503, "try-again", f"{error}. Try again in a moment.", headers={"Retry-After": "5"})


async def _conflict(_: Request, error: Exception) -> JSONResponse:
    constraint = getattr(error, "constraint_name", None) or "a rule of the database"
    log.warning("constraint refused a command", constraint=constraint)
    return problem(409, "conflict", f"This contradicts what is stored ({constraint}). Read the current state first.")


async def _bad_value(_: Request, error: Exception) -> JSONResponse:
    log.warning("a value could not be stored", error_type=type(error).__name__)
    return problem(422, "unstorable-value", "A value can't be stored: too large, or a character such as NUL in a text.")


async def _database_away(request: Request, error: Exception) -> JSONResponse:
    log.warning("database is away", error_type=type(error).__name__)
    room.missed(request.app.state.readiness, error)
    return problem(
        503,
        "database-away",
        "The database can't do it for the moment. Try again a little later, with the same Idempotency-Key.",
        headers={"Retry-After": "5"},
    )


async def _defect(_: Request, error: Exception) -> JSONResponse:
    log.error("unexpected error", exc_info=error)
    return problem(500, "defect", "Nothing was changed. The error is in our log; try again later.")
