"""Bearer tokens: who calls, verified offline with the public keys that the portal publishes (JWKS)."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx
import jwt

from shared.primitives.actor import Actor
from shared.primitives.errors import TryAgain
from shared.primitives.terms import Role

AUDIENCE = "connect"
ISSUER = "connect-portal"
ALGORITHM = "EdDSA"
KEEP_KEYS = 600.0  # seconds
ASK_AGAIN_AFTER = 5.0  # seconds; an unknown key id can't make us ask more often


class NotSignedIn(Exception):
    """The token is missing, expired or not ours. The message says what to do."""


@dataclass(slots=True)
class TokenVerifier:
    """Checks tokens; fetches the keys when it first needs them, when they are old, and when a key is unknown."""

    jwks_url: str
    _keys: dict[str, jwt.PyJWK] = field(default_factory=dict)
    _fetched_at: float = -1e9
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def actor(self, authorization: str | None) -> Actor:
        """The actor of an Authorization header. Raises NotSignedIn, or TryAgain while no key can be had."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise NotSignedIn("Send a bearer token: Authorization: Bearer …; the portal gives one at POST /v1/token.")
        try:
            key = await self._key(jwt.get_unverified_header(token).get("kid", ""))
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": ["exp", "sub", "aud", "iss"]},
            )
            return actor_of(claims)
        except jwt.ExpiredSignatureError as error:
            raise NotSignedIn("The token has expired. Ask the portal for a new one.") from error
        except (jwt.InvalidTokenError, ValueError) as error:
            raise NotSignedIn("The token is not valid here. Ask the portal for a new one.") from error

    async def _key(self, key_id: str) -> jwt.PyJWK:
        async with self._one_at_a_time:
            age = time.monotonic() - self._fetched_at
            if age > KEEP_KEYS or (key_id not in self._keys and age > ASK_AGAIN_AFTER):
                await self._fetch()
        if key_id not in self._keys:
            raise jwt.InvalidTokenError("unknown key")
        return self._keys[key_id]

    async def _fetch(self) -> None:
        try:
            async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
                answer = await client.get(self.jwks_url)
                answer.raise_for_status()
                keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        except (httpx.HTTPError, ValueError, jwt.PyJWTError) as error:
            if self._keys:
                return  # the portal is away; the keys that we have still verify
            raise TryAgain("The portal's keys can't be fetched") from error
        self._keys = {key.key_id or "": key for key in keys}
        self._fetched_at = time.monotonic()


def actor_of(claims: dict[str, Any]) -> Actor:
    """The actor that a verified token names. Raises ValueError for claims that are not ours."""
    return Actor(
        account=str(claims["sub"]),
        roles=frozenset(Role(role) for role in claims.get("roles", [])),
        member_id=UUID(claims["member_id"]) if claims.get("member_id") else None,
        organisation_id=UUID(claims["organisation_id"]) if claims.get("organisation_id") else None,
    )
