"""Intake's API on an empty database."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from services.intake.wiring import SERVICE
from shared.events.base import Event
from shared.events.envelope import open_envelope
from shared.postgres import outbox
from shared.postgres.unit_of_work import Database
from shared.primitives.terms import Role
from tests.builders.intake import ACCRA, ALMERE, application_answers, offer_answers
from tests.conftest import OpenDatabase
from tests.fakes.http import calling, signed_in

COORDINATOR = signed_in(Role.COORDINATOR, account="coordinator-1")


@dataclass
class Intake:
    """The service as its callers see it, and what it announces."""

    api: httpx.AsyncClient
    database: Database

    async def post(self, path: str, body: object = None, *, who: dict[str, str] = COORDINATOR, **headers: str) -> Any:
        """A command that must succeed; returns its reply."""
        answer = await self.api.post(path, json=body, headers=who | headers)
        assert answer.is_success, answer.text
        return answer.json()

    async def organisation(self, *, seat: int = ACCRA, kind: str = "municipality") -> UUID:
        """A registered organisation."""
        body = {"kind": kind, "legal_type": "local government", "name": "Example", "seat": seat, "languages": ["en"]}
        return UUID((await self.post("/v1/organisations", body))["id"])

    async def member(self, organisation_id: UUID) -> UUID:
        """A registered member of it."""
        body = {
            "organisation_id": str(organisation_id),
            "name": "Demo Person",
            "email": f"{uuid4().hex}@example.org",
            "position": "engineer",
            "elected": False,
            "in_role_since": 2015,
            "languages": [{"language": "en", "level": "C1"}],
        }
        return UUID((await self.post("/v1/members", body))["id"])

    async def draft(self, **changes: Any) -> dict[str, Any]:
        """A draft by a new organisation."""
        organisation = await self.organisation()
        contact = await self.member(organisation)
        answers = application_answers(contact=contact, **changes)
        body = {"organisation_id": str(organisation), "answers": answers}
        return dict(await self.post("/v1/applications", body))

    async def submitted(self, **changes: Any) -> dict[str, Any]:
        """A draft that was sent."""
        draft = await self.draft(**changes)
        return dict(await self.post(f"/v1/applications/{draft['application_id']}/submission"))

    async def offer(self, **changes: Any) -> dict[str, Any]:
        """An active offer."""
        organisation = await self.organisation(seat=ALMERE)
        member = await self.member(organisation)
        body = {
            "organisation_id": str(organisation),
            "member_id": str(member),
            "answers": offer_answers(**changes),
        }
        offer = await self.post("/v1/offers", body)
        await self.post(f"/v1/offers/{offer['offer_id']}/submission")
        return dict(await self.post(f"/v1/offers/{offer['offer_id']}/verdict", {"accept": True}))

    async def announced(self) -> list[str]:
        """The names of all events so far, in order."""
        async with self.database.reading() as connection:
            rows = await outbox.oldest(connection, 1000)
        return [open_envelope(row.attributes, row.value).entry.event.__name__ for row in rows]

    async def last_announced(self) -> Event:
        """The last event so far."""
        async with self.database.reading() as connection:
            row = (await outbox.oldest(connection, 1000))[-1]
        return open_envelope(row.attributes, row.value).data

    async def announced_about(self, subject: str) -> list[str]:
        """The names of the events about one thing, in order."""
        async with self.database.reading() as connection:
            rows = await outbox.oldest(connection, 1000)
        return [open_envelope(row.attributes, row.value).entry.event.__name__ for row in rows if row.key == subject]


@pytest.fixture
async def intake(open_database: OpenDatabase) -> AsyncIterator[Intake]:
    """Intake on an empty database."""
    database = await open_database("intake")
    async with calling(SERVICE, database) as api:
        yield Intake(api, database)
