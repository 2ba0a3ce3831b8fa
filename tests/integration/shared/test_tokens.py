"""Tokens are verified offline with the published keys; everything doubtful is denied."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.http.auth import AUDIENCE, ISSUER, NotSignedIn, TokenVerifier
from shared.primitives.errors import TryAgain
from shared.primitives.terms import Role
from tests.fakes import portal_keys
from tests.fakes.portal_keys import KEY, publishing

STRANGER = Ed25519PrivateKey.generate()
ORGANISATION = uuid4()


def token(key: Ed25519PrivateKey = KEY, **changes: Any) -> str:
    return portal_keys.token(key, **{"organisation_id": str(ORGANISATION)} | changes)


async def test_a_good_token_names_its_actor_and_the_keys_are_fetched_once() -> None:
    requests: list[str] = []
    async with publishing(requests) as address:
        verifier = TokenVerifier(address)
        for _ in range(3):
            actor = await verifier.actor(f"Bearer {token()}")
    assert (actor.account, actor.roles, actor.organisation_id) == (
        "account-1",
        frozenset({Role.APPLICANT}),
        ORGANISATION,
    )
    assert len(requests) == 1


def expired() -> str:
    return token(exp=datetime.now(UTC) - timedelta(seconds=1))


def unsigned() -> str:
    return jwt.encode({"sub": "a", "aud": AUDIENCE, "iss": ISSUER}, "", algorithm="none", headers={"kid": "k1"})


# Made when they are used: a token that has expired meanwhile would be denied for that.
DOUBTFUL: dict[str, Callable[[], str | None]] = {
    "no header": lambda: None,
    "empty header": lambda: "",
    "no token": lambda: "Bearer ",
    "another scheme": lambda: "Basic abc",
    "no token at all": lambda: "Bearer not.a.token",
    "a stranger's signature": lambda: f"Bearer {token(STRANGER)}",
    "an unknown key": lambda: f"Bearer {token(kid='unknown')}",
    "expired": lambda: f"Bearer {expired()}",
    "without an end": lambda: f"Bearer {token(exp=None)}",
    "for another audience": lambda: f"Bearer {token(aud='another')}",
    "of another issuer": lambda: f"Bearer {token(iss='another')}",
    "a role that there is not": lambda: f"Bearer {token(roles=['emperor'])}",
    "an organisation that is no id": lambda: f"Bearer {token(organisation_id='42')}",
    "not signed": lambda: f"Bearer {unsigned()}",
    "signed with a shared secret": lambda: f"Bearer {jwt.encode({'sub': 'a'}, 'x' * 32, headers={'kid': 'k1'})}",
}


@pytest.mark.parametrize("doubt", DOUBTFUL)
async def test_a_doubtful_token_is_denied(doubt: str) -> None:
    async with publishing([]) as address:
        with pytest.raises(NotSignedIn):
            await TokenVerifier(address).actor(DOUBTFUL[doubt]())


async def test_unknown_key_ids_can_not_make_us_ask_the_portal_again_and_again() -> None:
    requests: list[str] = []
    async with publishing(requests) as address:
        verifier = TokenVerifier(address)
        for number in range(5):
            with pytest.raises(NotSignedIn):
                await verifier.actor(f"Bearer {token(kid=f'guess-{number}')}")
    assert len(requests) == 1


async def test_without_the_portal_known_keys_still_verify_and_unknown_ones_wait() -> None:
    async with publishing([]) as address:
        verifier = TokenVerifier(address)
        await verifier.actor(f"Bearer {token()}")
    assert (await verifier.actor(f"Bearer {token()}")).account == "account-1"
    with pytest.raises(TryAgain):
        await TokenVerifier(address).actor(f"Bearer {token()}")
