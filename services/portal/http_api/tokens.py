"""POST /v1/token by client credentials (RFC 6749), and the keys with which others verify the tokens."""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl, unquote
from uuid import UUID

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.portal import storage
from services.portal.rules.clients import (
    TOKEN_LIFETIME,
    FailedAttempts,
    TokenRefused,
    TokenRequest,
    TooManyFailures,
    granted_roles,
)
from services.portal.signing import Signer
from shared.postgres.unit_of_work import Database
from shared.primitives.errors import TryAgain
from shared.primitives.terms import Role

BEARER: Literal["Bearer"] = "Bearer"
NO_STORE = {"Cache-Control": "no-store"}


class TokenBody(BaseModel):
    """What a client sends, as JSON or as a form. In a form the roles are the `scope`, with spaces between them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grant_type: str
    client_id: str = Field(max_length=200, pattern=r"^[^\x00]*$")
    client_secret: str = Field(max_length=1000)
    roles: tuple[str, ...] | None = None
    organisation_id: UUID | None = None
    member_id: UUID | None = None


class TokenReply(BaseModel):
    """A token, and for how many seconds it is good."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int


@dataclass(slots=True)
class TokenDesk:
    """Where tokens are given. It has no signer until the process has read its key and registered the clients."""

    signer: Signer | None = None
    failures: FailedAttempts = field(default_factory=FailedAttempts)

    @property
    def open_signer(self) -> Signer:
        """The signer. Raises TryAgain before the process is ready."""
        if self.signer is None:
            raise TryAgain("The portal is still starting")
        return self.signer

    def own_token(self, role: Role, database: Database) -> str:
        """A token for what the portal itself asks of another service. Raises TryAgain before the process is ready."""
        return self.open_signer.own_token(role, database.clock())

    async def give(self, database: Database, request: TokenRequest, address: str) -> TokenReply:
        """A token. Raises TokenRefused, TooManyFailures, or TryAgain before the process is ready."""
        signer, now = self.open_signer, database.clock()
        caller = f"{address} {request.client_id}"
        self.failures.check(caller, now)
        async with database.reading() as connection:
            client = await storage.find_client(connection, request.client_id)
        try:
            roles = granted_roles(client, request)
        except TokenRefused as refusal:
            if refusal.error == "invalid_client":
                self.failures.add(caller, now)
            raise
        token = signer.token(request, roles, now)
        return TokenReply(access_token=token, token_type=BEARER, expires_in=int(TOKEN_LIFETIME.total_seconds()))


def token_router(desk: TokenDesk) -> APIRouter:
    """The two routes of the desk."""
    router = APIRouter(tags=["tokens"])

    @router.post("/v1/token", response_model=TokenReply, openapi_extra=_REQUEST_BODY)
    async def token(request: Request) -> JSONResponse:
        """Exchange a client's id and secret for a token of five minutes."""
        try:
            asked = _asked(request, await request.body())
            address = request.client.host if request.client else "unknown"
            reply = await desk.give(request.app.state.database, asked, address)
        except TokenRefused as refusal:
            return _refused(request, refusal)
        except TooManyFailures as failures:
            return _error(
                429,
                "temporarily_unavailable",
                f"Too many failed attempts. Try again in {failures.retry_after} seconds.",
                {"Retry-After": str(failures.retry_after)},
            )
        return JSONResponse(reply.model_dump(), headers=NO_STORE)

    @router.get("/.well-known/jwks.json")
    async def keys() -> JSONResponse:
        """The public keys that verify the tokens (RFC 7517)."""
        return JSONResponse({"keys": [desk.open_signer.public_key]}, headers={"Cache-Control": "max-age=300"})

    return router


def _asked(request: Request, body: bytes) -> TokenRequest:
    """The request, from a form or from JSON, with the client's id and secret from there or from HTTP Basic."""
    values = _form(body) if _is_form(request) else _json(body)
    values = _basic(request.headers.get("Authorization")) | values
    try:
        sent = TokenBody.model_validate(values)
    except ValidationError as error:
        places = ", ".join(sorted({str(item["loc"][0]) for item in error.errors(include_input=False) if item["loc"]}))
        raise TokenRefused("invalid_request", f"Missing, unknown or malformed: {places}.") from None
    return TokenRequest(
        grant_type=sent.grant_type,
        client_id=sent.client_id,
        secret=sent.client_secret,
        roles=sent.roles,
        organisation_id=sent.organisation_id,
        member_id=sent.member_id,
    )


def _is_form(request: Request) -> bool:
    return request.headers.get("Content-Type", "").partition(";")[0].strip() == "application/x-www-form-urlencoded"


def _form(body: bytes) -> dict[str, Any]:
    """A form's values. As RFC 6749 demands, unknown ones are ignored, empty ones are left out, and none comes twice."""
    try:
        pairs = parse_qsl(body.decode(), max_num_fields=50)
    except (UnicodeDecodeError, ValueError) as error:
        raise TokenRefused("invalid_request", "The form can't be read.") from error
    values: dict[str, Any] = dict(pairs)
    if len(values) < len(pairs):
        raise TokenRefused("invalid_request", "A parameter comes twice.")
    if "scope" in values:
        values["roles"] = values["scope"].split()
    return {name: value for name, value in values.items() if name in TokenBody.model_fields}


def _json(body: bytes) -> dict[str, Any]:
    try:
        values = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise TokenRefused("invalid_request", "The body is neither a form nor valid JSON.") from error
    if not isinstance(values, dict):
        raise TokenRefused("invalid_request", "The body must be a JSON object.")
    return values


def _basic(header: str | None) -> dict[str, Any]:
    scheme, _, credentials = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return {}
    try:
        client_id, colon, secret = base64.b64decode(credentials, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise TokenRefused("invalid_request", "The Authorization header can't be read.") from error
    return {"client_id": unquote(client_id), "client_secret": unquote(secret)} if colon else {}


def _refused(request: Request, refusal: TokenRefused) -> JSONResponse:
    if refusal.error != "invalid_client":
        return _error(400, refusal.error, refusal.description)
    basic = request.headers.get("Authorization", "").lower().startswith("basic")
    return _error(401, refusal.error, refusal.description, {"WWW-Authenticate": "Basic"} if basic else {})


def _error(status: int, error: str, description: str, headers: dict[str, str] | None = None) -> JSONResponse:
    return JSONResponse({"error": error, "error_description": description}, status, NO_STORE | (headers or {}))


_REQUEST_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": TokenBody.model_json_schema()},
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "required": ["grant_type"],
                    "properties": {
                        name: {"type": "string"}
                        for name in (
                            "grant_type",
                            "client_id",
                            "client_secret",
                            "scope",
                            "organisation_id",
                            "member_id",
                        )
                    },
                }
            },
        },
    }
}
