"""Applications that lack one review: the next one validates them, which sets matching to work."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.primitives.terms import Role
from tests.benchmarks.journey.callers import Caller, sign_in
from tests.builders.intake import ACCRA, ALMERE, application_answers, offer_answers
from tests.e2e.services import RunningServices

GOOD: dict[str, Any] = {
    "conflict_of_interest": False,
    "eligibility": dict.fromkeys(
        ("public_body", "participants_elected_or_staff", "non_commercial", "association_informed", "no_safety_block"),
        True,
    ),
    "scores": dict.fromkeys(("clarity", "peer_usefulness", "authority", "result", "feasibility", "dissemination"), 4),
}


def an_organisation(seat: int = ACCRA) -> dict[str, Any]:
    """The body of a new organisation."""
    name = "Benchmark municipality"
    return {"kind": "municipality", "legal_type": "local government", "name": name, "seat": seat, "languages": ["en"]}


@dataclass(frozen=True, slots=True)
class Desk:
    """The people whom an application passes on its way."""

    coordinator: Caller
    first_reviewer: Caller
    second_reviewer: Caller

    def publish_offer(self) -> str:
        """An active offer that fits every application; returns its id."""
        organisation = self.coordinator.post("/v1/organisations", an_organisation(ALMERE))["id"]
        today = datetime.now(UTC).date()
        window = {"first": today.isoformat(), "last": (today + timedelta(days=400)).isoformat()}
        answers = offer_answers(windows=[window], result_year=today.year - 1)
        body = {"organisation_id": organisation, "member_id": self._member(organisation), "answers": answers}
        offer_id = str(self.coordinator.post("/v1/offers", body)["offer_id"])
        self.coordinator.post(f"/v1/offers/{offer_id}/submission")
        self.coordinator.post(f"/v1/offers/{offer_id}/verdict", {"accept": True})
        return offer_id

    def almost_validated(self) -> str:
        """An application of a new organisation with the first of its two reviews; returns its id."""
        today = datetime.now(UTC).date()
        organisation = self.coordinator.post("/v1/organisations", an_organisation())["id"]
        answers = application_answers(contact=UUID(self._member(organisation)), on=today)
        draft = self.coordinator.post("/v1/applications", {"organisation_id": organisation, "answers": answers})
        application_id = str(draft["application_id"])
        self.coordinator.post(f"/v1/applications/{application_id}/submission")
        self.first_reviewer.post(f"/v1/applications/{application_id}/reviews", GOOD)
        return application_id

    def validate(self, application_id: str) -> None:
        """The second review. Returns when intake has committed and answered."""
        self.second_reviewer.post(f"/v1/applications/{application_id}/reviews", GOOD)

    def _member(self, organisation: str) -> str:
        body = {
            "organisation_id": organisation,
            "name": "Demo Person",
            "email": "person@example.org",
            "position": "engineer",
            "elected": False,
            "in_role_since": 2015,
            "languages": [{"language": "en", "level": "C1"}],
        }
        return str(self.coordinator.post("/v1/members", body)["id"])


def open_desk(services: RunningServices) -> Desk:
    """Three people, signed in."""
    return Desk(
        sign_in(services, "intake", [Role.COORDINATOR]),
        sign_in(services, "intake", [Role.REVIEWER]),
        sign_in(services, "intake", [Role.REVIEWER]),
    )
