"""Through the console an operator reads and settles what a service holds: the service decides, records, and tells."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.monitor.clients import Holders
from shared.events.envelope import open_envelope
from shared.hosting.service import Service
from shared.postgres import outbox
from shared.primitives.terms import Role
from tests.builders.monitor import ACase, a_dead_letter, reported
from tests.conftest import OpenDatabase
from tests.fakes.http import calling, signed_in
from tests.integration.monitor.conftest import OPERATOR, Console, calling_console
from tests.integration.shared.arriving import Arriving
from tests.integration.shared.ledger import Ledger, a_ledger, withdrawn

pytestmark = pytest.mark.servers

HOLDER = "shared"  # the name under which the ledger reports
NOWHERE = {HOLDER: "http://127.0.0.1:9", "matching": "http://127.0.0.1:9"}
WHY = {"why": "the release that knows it"}
ACTS = ["replay", "discard"]


@dataclass
class Holding:
    """A service with its API, and a console whose operator reaches it there."""

    ledger: Ledger
    service: httpx.AsyncClient
    console: Console
    api: httpx.AsyncClient
    seen: set[int] = field(default_factory=set)

    async def sets_aside(self, events: int) -> UUID:
        """The service refuses the first of so many events of one key, and the others wait; monitor hears of it."""
        case, arriving = uuid4(), Arriving()
        self.ledger.refused.add(case)
        await self.ledger.processor.process([arriving.message(withdrawn(case)) for _ in range(events)])
        await self.tells()
        (letter_id,) = await self.ledger.letters("dead")
        return letter_id

    async def tells(self) -> None:
        """What the service has announced since the last time comes to monitor."""
        async with self.ledger.database.reading() as connection:
            rows = [row for row in await outbox.oldest(connection, 1000) if row.position not in self.seen]
        self.seen |= {row.position for row in rows}
        await self.console.hears(*(open_envelope(row.attributes, row.value) for row in rows))

    async def known(self, letter_id: UUID) -> dict[str, Any]:
        """What monitor itself knows of the letter."""
        found: dict[str, Any] = (await self.api.get(path_of(letter_id))).json()
        return found


def path_of(letter_id: UUID) -> str:
    return f"/v1/streams/dead-letters/{letter_id}"


@pytest.fixture
async def holding(open_database: OpenDatabase, console: Console) -> AsyncIterator[Holding]:
    """A service that holds nothing yet."""
    ledger = await a_ledger(open_database)
    service = Service(HOLDER, "A test", "", ledger.processor.reactions, schedule=(), routers=(), migrations=Path())
    async with (
        calling(service, ledger.database) as client,
        calling_console(console, Holders({HOLDER: "http://service"}, client)) as api,
    ):
        yield Holding(ledger, client, console, api)


async def a_letter_of(console: Console, service: str) -> UUID:
    """A dead letter that this service has reported."""
    case = ACase()
    letter = a_dead_letter(case.says(case.submitted()), service=service)
    await console.hears(reported(letter, service=service))
    return letter.dead_letter_id


@pytest.fixture
async def away(console: Console) -> AsyncIterator[httpx.AsyncClient]:
    """The API of a console where no other service answers."""
    holders = Holders()
    async with holders.at(NOWHERE), calling_console(console, holders) as api:
        yield api


async def test_an_act_is_on_record_at_the_service_with_who_when_and_why(holding: Holding) -> None:
    """Breaks when monitor acts in its own name, or writes down a state before the service has told it."""
    letter_id = await holding.sets_aside(3)
    holding.ledger.refused.clear()
    answer = await holding.api.post(f"{path_of(letter_id)}/replay", json=WHY)
    assert (answer.status_code, answer.json()) == (200, {"handled": 3, "blocked_by": None})
    assert len(await holding.ledger.rows()) == 3
    (act,) = (await holding.service.get(f"/v1/dead-letters/{letter_id}", headers=holding.api.headers)).json()["acts"]
    assert (act["outcome"], act["by"], act["why"]) == ("replayed", OPERATOR.account, WHY["why"])
    assert datetime.fromisoformat(act["at"]) == holding.ledger.database.clock()
    assert (await holding.known(letter_id))["state"] == "dead"
    await holding.tells()
    known = await holding.known(letter_id)
    assert (known["state"], known["settled_by"], known["settled_why"]) == ("replayed", OPERATOR.account, WHY["why"])


async def test_what_stops_the_key_after_an_act_is_told_and_can_be_settled_next(holding: Holding) -> None:
    first = await holding.sets_aside(2)
    in_vain = await holding.api.post(f"{path_of(first)}/replay", json=WHY)
    assert in_vain.json() == {"handled": 0, "blocked_by": str(first)}
    given_up = (await holding.api.post(f"{path_of(first)}/discard", json=WHY)).json()
    (second,) = await holding.ledger.letters("dead")
    assert given_up == {"handled": 0, "blocked_by": str(second)}
    await holding.tells()
    last = await holding.api.post(f"{path_of(second)}/discard", json=WHY)
    assert last.json() == {"handled": 0, "blocked_by": None}


async def test_the_message_is_what_the_service_shows_with_every_act(holding: Holding) -> None:
    letter_id = await holding.sets_aside(1)
    await holding.api.post(f"{path_of(letter_id)}/replay", json={"why": "to see it fail"})
    await holding.api.post(f"{path_of(letter_id)}/discard", json={"why": "no use"})
    shown = (await holding.api.get(f"{path_of(letter_id)}/message")).json()
    assert shown == (await holding.service.get(f"/v1/dead-letters/{letter_id}", headers=holding.api.headers)).json()
    assert "no-budget" in shown["value"]
    assert shown["headers"]["ce_type"] == "connect.intake.ApplicationWithdrawn.v1"
    assert [(act["outcome"], act["by"], act["why"]) for act in shown["acts"]] == [
        ("failed", OPERATOR.account, "to see it fail"),
        ("discarded", OPERATOR.account, "no use"),
    ]


@pytest.mark.parametrize("key", ["again", "schlüssel"])
async def test_an_act_that_is_sent_again_with_its_key_is_done_once_and_answered_alike(
    holding: Holding, key: str
) -> None:
    """Breaks when the key stays with monitor, which does nothing that it could remember."""
    letter_id, headers = await holding.sets_aside(1), {b"Idempotency-Key": key.encode("latin-1")}
    answers = [
        await holding.api.post(f"{path_of(letter_id)}/discard", json=WHY, headers=httpx.Headers(headers))
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert len((await holding.api.get(f"{path_of(letter_id)}/message")).json()["acts"]) == 1
    other = await holding.api.post(f"{path_of(letter_id)}/replay", json=WHY, headers=httpx.Headers(headers))
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


@pytest.mark.parametrize("act", ACTS)
async def test_a_refusal_of_the_service_is_passed_on_as_it_is(holding: Holding, act: str) -> None:
    letter_id = await holding.sets_aside(1)
    await holding.api.post(f"{path_of(letter_id)}/discard", json=WHY)
    for status, code in ((409, "not-dead"), (404, "no-such-dead-letter")):
        address = f"/v1/dead-letters/{letter_id}/{act}"
        of_the_service = await holding.service.post(address, json=WHY, headers=holding.api.headers)
        answer = await holding.api.post(f"{path_of(letter_id)}/{act}", json=WHY)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json() == of_the_service.json()
        await holding.ledger.database.pool.execute("DELETE FROM dead_letters")  # as the service does in time


async def test_a_service_that_is_away_is_named(console: Console, away: httpx.AsyncClient) -> None:
    path = path_of(await a_letter_of(console, "matching"))
    for answer in (await away.get(f"{path}/message"), *[await away.post(f"{path}/{act}", json=WHY) for act in ACTS]):
        assert (answer.status_code, answer.json()["code"]) == (503, "try-again")
        assert answer.json()["detail"].startswith("matching can't answer for the moment: http://127.0.0.1:9/v1/dead-le")


async def test_nobody_but_an_operator_gets_as_far_as_to_the_service(console: Console, away: httpx.AsyncClient) -> None:
    """Breaks when the decision is left to the service: here none answers, so that would be a 503."""
    path = path_of(await a_letter_of(console, "matching"))
    nobody = {"Authorization": ""}
    for headers, status in [(nobody, 401), *((signed_in(role), 403) for role in set(Role) - {Role.OPERATOR})]:
        assert (await away.get(f"{path}/message", headers=headers)).status_code == status
        for act in ACTS:
            assert (await away.post(f"{path}/{act}", json=WHY, headers=headers)).status_code == status


@pytest.mark.parametrize("why", ["no", "x" * 501, None], ids=["too short", "too long", "none"])
@pytest.mark.parametrize("act", ACTS)
async def test_without_a_reason_in_words_nothing_is_passed_on(
    console: Console, away: httpx.AsyncClient, act: str, why: str | None
) -> None:
    path = path_of(await a_letter_of(console, "matching"))
    answer = await away.post(f"{path}/{act}", json={"why": why})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/why"]


async def test_a_letter_that_no_service_of_ours_holds_goes_nowhere(console: Console, away: httpx.AsyncClient) -> None:
    answer = await away.post(f"{path_of(await a_letter_of(console, 'elsewhere'))}/discard", json=WHY)
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-service")


async def test_before_the_process_is_ready_an_act_is_for_later(console: Console, api: httpx.AsyncClient) -> None:
    answer = await api.post(f"{path_of(await a_letter_of(console, 'matching'))}/discard", json=WHY)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


ODD: dict[str, Callable[[], httpx.Response]] = {
    "a page": lambda: httpx.Response(200, text="<h1>Welcome</h1>"),
    "other JSON": lambda: httpx.Response(200, json={"handled": "some"}),
    "a way to elsewhere": lambda: httpx.Response(307, headers={"Location": "http://elsewhere/"}),
    "a defect": lambda: httpx.Response(500, json={"code": "defect", "detail": "Nothing was changed."}),
}


@pytest.mark.parametrize("odd", ODD)
async def test_an_answer_that_is_none_is_told_with_the_services_name(console: Console, odd: str) -> None:
    letter_id = await a_letter_of(console, "matching")
    odd_service = httpx.MockTransport(lambda _: ODD[odd]())
    async with (
        httpx.AsyncClient(transport=odd_service) as http,
        calling_console(console, Holders(NOWHERE, http)) as api,
    ):
        answer = await api.post(f"{path_of(letter_id)}/replay", json=WHY)
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("matching can't answer for the moment: ")
