"""Machine clients: whether a secret is theirs, which roles they get, and when somebody has failed too often."""

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from shared.primitives.terms import Role

TOKEN_LIFETIME = timedelta(minutes=5)
MINIMUM_SECRET = 32  # characters


class TokenRefused(Exception):
    """No token for this request. `error` is a code of RFC 6749, `description` says in English what to do."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(f"{error}: {description}")
        self.error = error
        self.description = description


class TooManyFailures(Exception):
    """Somebody has failed too often; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many failed attempts, next one in {retry_after} s")
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Client:
    """A program that may ask for tokens with any of its roles."""

    client_id: str
    secret_hash: bytes
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """What a client asks for. No roles asked for: all that it has."""

    grant_type: str
    client_id: str
    secret: str
    roles: Sequence[str] | None = None
    organisation_id: UUID | None = None
    member_id: UUID | None = None


def hash_secret(secret: str) -> bytes:
    """SHA-256 of the secret.

    The slow hashes that passwords need would buy nothing here: these secrets are random and at least 256 bits long, so
    nobody can try them all however fast the hash is, and a token is asked for every five minutes by every client.
    """
    return hashlib.sha256(secret.encode()).digest()


def granted_roles(client: Client | None, request: TokenRequest) -> frozenset[Role]:
    """The roles of the token. Raises TokenRefused.

    The secret is compared in constant time, and against something also where there is no such client, so that neither
    the answer nor its duration tells whether a client exists.
    """
    if request.grant_type != "client_credentials":
        raise TokenRefused("unsupported_grant_type", "Only the grant_type client_credentials is given here.")
    known = client.secret_hash if client else b"\0" * 32
    if not hmac.compare_digest(known, hash_secret(request.secret)) or client is None:
        raise TokenRefused("invalid_client", "There is no client with this id and secret.")
    if request.roles is None:
        return client.roles
    wanted = frozenset(request.roles)
    beyond = wanted - client.roles
    if beyond or not wanted:
        allowed = ", ".join(sorted(client.roles))
        raise TokenRefused("invalid_scope", f"This client may ask for these roles only: {allowed}.")
    return frozenset(Role(role) for role in wanted)


@dataclass(slots=True)
class FailedAttempts:
    """Who has failed lately. After `limit` failures a caller waits until `window` has passed since the first.

    The count lives in the process: it only slows guessing down, which random secrets make hopeless anyway, and a count
    in the database would let a stranger write into it. At most `remember` callers are kept; the oldest are forgotten.
    """

    limit: int = 10
    window: timedelta = timedelta(minutes=1)
    remember: int = 10_000
    _since: OrderedDict[str, tuple[datetime, int]] = field(default_factory=OrderedDict)

    def check(self, caller: str, now: datetime) -> None:
        """Raise TooManyFailures if the caller has to wait."""
        started, failures = self._since.get(caller, (now, 0))
        left = started + self.window - now
        if failures >= self.limit and left > timedelta(0):
            raise TooManyFailures(retry_after=max(1, round(left.total_seconds())))

    def add(self, caller: str, now: datetime) -> None:
        """Count a failure."""
        started, failures = self._since.pop(caller, (now, 0))
        if now - started >= self.window:
            started, failures = now, 0
        self._since[caller] = (started, failures + 1)
        while len(self._since) > self.remember:
            self._since.popitem(last=False)
