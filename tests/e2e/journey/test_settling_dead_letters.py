"""Messages that nobody can use are found, looked at, tried again in vain, and given up.

By `connect dead-letters`, which asks each service, and by the monitor's API, which passes on to them what it is asked.
"""

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest
from aiokafka import AIOKafkaProducer

from deploy.cli.copy import operator_client
from tests.e2e.services import RunningServices

pytestmark = [pytest.mark.servers, pytest.mark.timeout(420), pytest.mark.xdist_group("running services")]

HEARING = ("matching", "portal", "monitor")  # who hears intake.applications
HEARD_WITHIN = 60.0
LOOK_EVERY = 0.1


async def _put(services: RunningServices, key: str, *values: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=services.servers.kafka_bootstrap) as producer:
        for value in values:
            await producer.send_and_wait("intake.applications", value, key=key.encode(), headers=[("ce_type", b"?")])


def letters(services: RunningServices, *options: str) -> list[dict[str, Any]]:
    """What `list` tells."""
    done = services.connect("dead-letters", "list", "--json", *options)
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def until(holds: Callable[[], bool]) -> None:
    """Look again until it is so."""
    end = time.monotonic() + HEARD_WITHIN
    while not holds():
        assert time.monotonic() < end
        time.sleep(LOOK_EVERY)


def test_what_nobody_can_use_is_listed_shown_tried_again_and_given_up(running_services: RunningServices) -> None:
    key = str(uuid4())
    asyncio.run(_put(running_services, key, b"{not json", b"\xff\xfe"))

    def states(*options: str) -> dict[str, list[str]]:
        mine = [letter for letter in letters(running_services, *options) if letter["key"] == key]
        return {name: [letter["state"] for letter in mine if letter["service"] == name] for name in HEARING}

    until(lambda: states() == {name: ["dead", "waiting"] for name in HEARING})
    open_letters = [letter for letter in letters(running_services) if letter["key"] == key]
    first, second = [letter["id"] for letter in open_letters if letter["service"] == "matching"]
    shown = running_services.connect("dead-letters", "show", first)
    assert "{not json" in shown.stdout
    assert "ce_specversion is missing" in shown.stdout
    again = running_services.connect("dead-letters", "replay", first, "--why", "to see it fail")
    assert (again.returncode, again.stdout) == (1, "")
    assert f"then {first} could not be used" in again.stderr
    shown = running_services.connect("dead-letters", "show", first)
    assert "failed by client:connect-cli: to see it fail (unreadable: " in shown.stdout
    given_up = running_services.connect("dead-letters", "discard", first, "--why", "no event", "--json")
    assert given_up.returncode == 1
    assert json.loads(given_up.stdout)[0]["blocked_by"] == second
    both = running_services.connect("dead-letters", "discard", second, first, "--why", "no event either")
    assert both.returncode == 1
    assert both.stdout == f"{second} of matching: discard done, 0 messages handled.\n"
    assert both.stderr.startswith(f"{first}: This message is discarded")
    others = [letter["id"] for letter in open_letters if letter["service"] != "matching"]
    running_services.connect("dead-letters", "discard", *others, "--why", "no event")
    assert states() == {name: [] for name in HEARING}
    settled = [letter for letter in letters(running_services, "--state", "discarded") if letter["key"] == key]
    assert {(letter["settled_by"], letter["settled_why"]) for letter in settled} == {
        ("client:connect-cli", "no event"),
        ("client:connect-cli", "no event either"),
    }


def test_a_letter_that_does_not_exist_is_told_with_the_remedy(running_services: RunningServices) -> None:
    missing = str(uuid4())
    done = running_services.connect("dead-letters", "show", missing)
    assert (done.returncode, done.stdout) == (2, "")
    assert (
        done.stderr == f"No service has a dead letter {missing}: `connect dead-letters list` shows which there are.\n"
    )


def test_a_reason_must_be_given_in_words(running_services: RunningServices) -> None:
    done = running_services.connect("dead-letters", "discard", str(uuid4()), "--why", "  ")
    assert done.returncode == 2
    assert "say in a few words why" in done.stderr


def test_a_service_that_is_away_is_named_and_the_others_are_listed(running_services: RunningServices) -> None:
    done = running_services.connect("dead-letters", "list", CONNECT_URL_EXCHANGE="http://127.0.0.1:9")
    assert done.returncode == 1
    assert done.stderr.startswith("exchange: http://127.0.0.1:9/v1/dead-letters?limit=100 can't be reached")
    assert done.stderr.count("\n") == 1


def through_the_monitor(services: RunningServices) -> httpx.Client:
    """The monitor's API, with the token that the portal gives to an operator's client."""
    client = operator_client(services.environment)
    wish = {"client_id": client.client_id, "client_secret": client.secret, "roles": ["operator"]}
    asked = {"grant_type": "client_credentials", **wish}
    given = httpx.post(f"{services.url('portal')}/v1/token", json=asked, trust_env=False).json()
    headers = {"Authorization": f"Bearer {given['access_token']}"}
    address = f"{services.url('monitor')}/v1/streams"
    return httpx.Client(base_url=address, headers=headers, timeout=30, trust_env=False)


def test_what_any_service_holds_is_shown_and_given_up_through_the_monitor(running_services: RunningServices) -> None:
    """Also what monitor itself holds: it asks itself as it asks the others."""
    key, why = str(uuid4()), {"why": "no event"}
    asyncio.run(_put(running_services, key, b"{not json"))
    with through_the_monitor(running_services) as api:

        def known() -> dict[str, dict[str, Any]]:
            mine = [letter for letter in api.get("/dead-letters?limit=1000").json() if letter["origin_key"] == key]
            return {letter["service"]: letter for letter in mine}

        until(lambda: known().keys() == set(HEARING))
        for service, letter in known().items():
            path = f"/dead-letters/{letter['dead_letter_id']}"
            assert (service, api.get(f"{path}/message").json()["value"]) == (service, "{not json")
            assert api.post(f"{path}/discard", json=why).json() == {"handled": 0, "blocked_by": None}
            (act,) = api.get(f"{path}/message").json()["acts"]
            assert (act["outcome"], act["by"], act["why"]) == ("discarded", "client:connect-cli", "no event")
            assert api.post(f"{path}/replay", json=why).status_code == 409
        until(lambda: {letter["state"] for letter in known().values()} == {"discarded"})
        running_services.stop("matching")
        try:
            answer = api.post(f"/dead-letters/{known()['matching']['dead_letter_id']}/replay", json=why)
        finally:
            running_services.restart("matching")
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("matching can't answer for the moment")
