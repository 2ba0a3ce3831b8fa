"""The portal as services need it to know who calls: a key that is published, and tokens that are signed with it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.http.auth import AUDIENCE, ISSUER

KEY = Ed25519PrivateKey.generate()


def token(key: Ed25519PrivateKey = KEY, *, kid: str = "k1", **changes: Any) -> str:
    """An applicant's token with other claims besides; one that is None is left out."""
    claims = {
        "sub": "account-1",
        "aud": AUDIENCE,
        "iss": ISSUER,
        "exp": datetime.now(UTC) + timedelta(minutes=5),
        "roles": ["applicant"],
    } | changes
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm="EdDSA", headers={"kid": kid})


@asynccontextmanager
async def publishing(requests: list[str]) -> AsyncIterator[str]:
    """A server that publishes KEY as k1, whatever it is asked; yields its address and notes who asks."""
    key = json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(KEY.public_key())) | {"kid": "k1"}
    body = json.dumps({"keys": [key]}).encode()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        requests.append((await reader.readline()).decode())
        await reader.readuntil(b"\r\n\r\n")
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
        writer.write(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
