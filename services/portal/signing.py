"""The key that signs tokens, and its public half as others fetch it."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import jwt
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from services.portal.rules.clients import TOKEN_LIFETIME, TokenRequest
from shared.hosting.settings import SettingsError
from shared.http.auth import ALGORITHM, AUDIENCE, ISSUER
from shared.primitives.actor import service_actor
from shared.primitives.terms import Role


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs tokens with an Ed25519 key. The key's id is its thumbprint (RFC 7638), so a new key has a new id."""

    key: Ed25519PrivateKey = field(repr=False)

    @property
    def public_key(self) -> dict[str, str]:
        """The public half as a JSON Web Key."""
        raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        required = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(raw)}
        thumbprint = hashlib.sha256(orjson.dumps(required, option=orjson.OPT_SORT_KEYS)).digest()
        return {**required, "kid": _base64url(thumbprint), "use": "sig", "alg": ALGORITHM}

    def token(self, request: TokenRequest, roles: frozenset[Role], now: datetime) -> str:
        """A token for the client with these roles, good for five minutes."""
        claims: dict[str, Any] = {}
        if request.organisation_id:
            claims["organisation_id"] = str(request.organisation_id)
        if request.member_id:
            claims["member_id"] = str(request.member_id)
        return self._signed(f"client:{request.client_id}", roles, now, claims)

    def own_token(self, role: Role, now: datetime) -> str:
        """A token with which the portal itself asks another service. It speaks for no organisation and no member."""
        return self._signed(service_actor("portal").account, frozenset({role}), now, {})

    def _signed(self, account: str, roles: frozenset[Role], now: datetime, besides: dict[str, Any]) -> str:
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": account,
            "roles": sorted(roles),
            "exp": now + TOKEN_LIFETIME,
            **besides,
        }
        return jwt.encode(claims, self.key, ALGORITHM, headers={"kid": self.public_key["kid"]})


def read_signer(file: Path) -> Signer:
    """The signer with the key of that file. Raises SettingsError that says what is wrong with it."""
    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise SettingsError(f"CONNECT_SIGNING_KEY_FILE {file} can't be read ({error.strerror})") from error
    except (ValueError, TypeError) as error:
        raise SettingsError(f"CONNECT_SIGNING_KEY_FILE {file} is no private key in PEM without a password") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingsError(f"CONNECT_SIGNING_KEY_FILE {file} holds another kind of key: make an Ed25519 key")
    return Signer(key)


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
