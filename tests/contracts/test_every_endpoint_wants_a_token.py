"""Deny by default: every endpoint of every service asks for a token, but for those named here with the reason."""

from importlib import import_module

import pytest

from shared.events.catalogue import SERVICES
from shared.hosting.service import Service
from tests.fakes.http import app_without_database, calling_without_database

OPEN = {
    ("portal", "POST", "/v1/token"): "this is where tokens come from; it asks for a secret",
    ("portal", "GET", "/.well-known/jwks.json"): "public keys",
}


def service(name: str) -> Service:
    made: Service = import_module(f"services.{name}.wiring").SERVICE
    return made


def endpoints(name: str) -> list[tuple[str, str, str]]:
    paths = app_without_database(service(name)).openapi()["paths"]
    return [(name, method.upper(), path) for path, methods in paths.items() for method in methods]


APIS = [each for name in SERVICES for each in endpoints(name) if not each[2].startswith("/health")]


@pytest.mark.parametrize(("name", "method", "path"), [each for each in APIS if each not in OPEN])
async def test_without_a_token_nothing_is_told_or_done(name: str, method: str, path: str) -> None:
    address = path
    for part in [part for part in path.split("/") if part.startswith("{")]:
        address = address.replace(part, "019aad00-0000-7000-8000-000000000000")
    async with calling_without_database(service(name)) as api:
        answer = await api.request(method, address, json={})
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


def test_no_reason_outlives_its_endpoint() -> None:
    assert OPEN.keys() <= set(APIS)


@pytest.mark.parametrize("name", SERVICES)
async def test_an_invented_token_is_not_believed(name: str) -> None:
    async with calling_without_database(service(name)) as api:
        answer = await api.get("/v1/dead-letters", headers={"Authorization": "Basic abc"})
    assert answer.status_code == 401
