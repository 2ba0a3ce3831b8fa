"""Calls to other services: with a token, the trace, an idempotency key, and errors that say what happened."""

import time
from dataclasses import dataclass, field
from typing import Any

import httpx
from pydantic import SecretStr

from shared.primitives.errors import FieldProblem, Rejected, TryAgain
from shared.telemetry.tracing import inject

RENEW_BEFORE = 30.0  # seconds


class Refused(Rejected):
    """The other service refused; `status` and `body` are its problem document. Not caught, it is our answer too."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        code, detail = str(body.get("code", status)), str(body.get("detail", "no detail given"))
        super().__init__(code, detail, fields=_fields(body.get("errors")))
        self.status = status
        self.body = body


def _fields(errors: object) -> tuple[FieldProblem, ...]:
    """The places that a problem document names; it comes from another process and may hold anything."""
    places = [place for place in errors if isinstance(place, dict)] if isinstance(errors, list) else []
    return tuple(
        FieldProblem(*(str(place.get(name, "")) for name in ("pointer", "code", "detail"))) for place in places
    )


@dataclass(frozen=True, slots=True)
class Credentials:
    """A machine client, and what it wants to act as. Empty `roles` asks for all that its registration lists."""

    client_id: str
    secret: SecretStr
    roles: tuple[str, ...] = ()
    organisation_id: str | None = None
    member_id: str | None = None


@dataclass(slots=True)
class TokenSource:
    """Tokens from the portal, renewed shortly before they expire."""

    portal: str
    credentials: Credentials
    http: httpx.AsyncClient
    _token: str = ""
    _expires: float = field(default=0.0)

    async def token(self) -> str:
        """A token that is good for at least 30 seconds. Raises Refused, or TryAgain if the portal is away."""
        if time.monotonic() > self._expires - RENEW_BEFORE:
            wish = self.credentials
            body: dict[str, Any] = {
                "grant_type": "client_credentials",
                "client_id": wish.client_id,
                "client_secret": wish.secret.get_secret_value(),
            }
            body |= {"roles": list(wish.roles)} if wish.roles else {}
            body |= {"organisation_id": wish.organisation_id} if wish.organisation_id else {}
            body |= {"member_id": wish.member_id} if wish.member_id else {}
            answer = await send(self.http, "POST", f"{self.portal}/v1/token", json=body)
            self._token = answer["access_token"]
            self._expires = time.monotonic() + float(answer["expires_in"])
        return self._token


async def send(
    http: httpx.AsyncClient,
    method: str,
    url: str,
    *,
    token: str | None = None,
    json: object | None = None,
    headers: dict[str, str] | None = None,
) -> Any:
    """One request; returns the JSON of a 2xx answer. Raises Refused for 4xx, TryAgain for all others and for none."""
    sent = dict(headers or {})
    inject(sent)
    if token:
        sent["Authorization"] = f"Bearer {token}"
    try:
        # Read and written alike by servers; a key that a caller has given us may hold more than ASCII.
        answer = await http.request(method, url, json=json, headers=httpx.Headers(sent, encoding="latin-1"))
    except httpx.HTTPError as error:
        raise TryAgain(f"{url} can't be reached ({type(error).__name__})") from error
    if answer.is_success:
        return answer.json() if answer.content else None
    try:
        body = answer.json()
    except ValueError:
        body = {"code": "not-json", "detail": f"{url} answered {answer.status_code} without a problem document"}
    body = body if isinstance(body, dict) else {"detail": str(body)}
    if not answer.is_client_error:
        raise TryAgain(f"{url}: {body.get('detail', answer.status_code)}")
    raise Refused(answer.status_code, body)
