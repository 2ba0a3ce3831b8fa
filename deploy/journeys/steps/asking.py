"""From nothing to two sides who are proposed to each other: organisations, people, application, offer, reviews."""

from collections.abc import Mapping
from typing import Any

from deploy.journeys.desk import Order
from deploy.journeys.journey import Journey, written
from shared.primitives.terms import Level

ELIGIBLE = dict.fromkeys(
    ("public_body", "participants_elected_or_staff", "non_commercial", "association_informed", "no_safety_block"), True
)
GOOD = dict.fromkeys(("clarity", "peer_usefulness", "authority", "result", "feasibility", "dissemination"), 4)
MARK = "(demo)"  # nobody shall look for these people


async def register_organisations(journey: Journey) -> None:
    """Associations come first, since the others name theirs."""
    known = journey.script.organisations
    for name in sorted(journey.script.bodies, key=lambda name: (known[name].association is not None, name)):
        body = known[name].model_dump(mode="json", exclude={"association"})
        if association := known[name].association:
            body["association_id"] = journey.organisations[association]
        order = Order("intake", "/v1/organisations", body)
        reply = await journey.order(journey.coordinator, order, f"organisation/{name}", shared=True)
        journey.organisations[name] = reply["id"]


async def register_people(journey: Journey) -> None:
    """Everybody whom the script names, marked as demo data."""
    for name in sorted(journey.script.cast):
        person = journey.script.people[name]
        body = {
            "organisation_id": journey.organisations[person.organisation],
            "name": f"{person.name} {MARK}",
            "email": f"{name}@example.org",
            "position": person.position,
            "elected": person.elected,
            "in_role_since": person.since,
            "languages": _skills(person.languages),
        }
        reply = await journey.order(
            journey.coordinator, Order("intake", "/v1/members", body), f"person/{name}", shared=True
        )
        journey.people[name] = reply["id"]


async def write_application(journey: Journey) -> None:
    """As from paper: only a coordinator can say that it came on a past day, and then the exchange can be over today."""
    script = journey.script
    body = {
        "organisation_id": journey.organisations[script.requester],
        "received_on": script.application.received.isoformat(),
        "answers": _answers(journey),
    }
    reply = await journey.order(journey.coordinator, Order("intake", "/v1/applications", body), "application")
    journey.case_id = reply["application_id"]


async def publish_offer(journey: Journey) -> None:
    """Written and sent by the expert, accepted by the coordinator."""
    offer = written(journey.script.offer, "offer")
    body = {
        "organisation_id": journey.organisations[journey.offerer_name],
        "member_id": journey.people[journey.expert_name],
        "answers": {
            **offer.model_dump(mode="json", exclude={"standing", "first", "last", "languages"}),
            "answers": None if offer.standing else journey.case_id,
            "language": journey.script.language,
            "themes": journey.script.application.themes,
            "sdgs": journey.script.application.sdgs,
            "dac": journey.script.application.dac,
            "modes": [journey.script.mode],
            "languages": _skills(offer.languages),
            "windows": [{"first": offer.first.isoformat(), "last": offer.last.isoformat()}],
            "released_by_employer": True,
        },
    }
    reply = await journey.order(journey.offerer, Order("intake", "/v1/offers", body), "offer")
    journey.offer_id = reply["offer_id"]
    path = f"/v1/offers/{journey.offer_id}"
    await journey.order(journey.offerer, Order("intake", f"{path}/submission"), "offer/submission")
    verdict = Order("intake", f"{path}/verdict", {"accept": True})
    await journey.order(journey.coordinator, verdict, "offer/verdict")


async def submit_application(journey: Journey) -> None:
    """By the requester."""
    order = Order("intake", f"/v1/applications/{journey.case_id}/submission")
    await journey.order(journey.requester, order, "application/submission")


async def review_application(journey: Journey) -> None:
    """By two reviewers, who agree that it is good."""
    body = {"conflict_of_interest": False, "eligibility": ELIGIBLE, "scores": GOOD}
    for name in journey.script.reviewers:
        order = Order("intake", f"/v1/applications/{journey.case_id}/reviews", body)
        await journey.order(journey.reviewer(name), order, f"application/review/{name}")


def _answers(journey: Journey) -> dict[str, Any]:
    asked = journey.script.application
    preferred = [journey.organisations[journey.script.offerer]] if journey.script.offerer else []
    return {
        "contact": journey.people[journey.script.contact],
        "authoriser": journey.people[journey.script.authoriser],
        "authoriser_confirmed": True,
        "need": {
            "title": asked.title,
            "language": journey.script.language,
            "challenge": asked.challenge,
            "guiding_questions": asked.questions,
            "tried": asked.tried,
            "themes": asked.themes,
            "sdgs": asked.sdgs,
            "dac": asked.dac,
        },
        "result": {
            "expected_change": asked.expected_change,
            "baseline": {"value": asked.baseline, "unit": asked.baseline_unit},
            "planned_use": asked.planned_use,
        },
        "exchange": {
            "mode": journey.script.mode,
            "earliest": asked.earliest.isoformat(),
            "latest": asked.latest.isoformat(),
            "participants": [position for position, count in asked.participants.items() for _ in range(count)],
            "languages": _skills(asked.languages),
        },
        # Whoever is asked for comes first among the proposals, however many other offers there are.
        "partners": {"preferred": preferred},
        "commitment": {"staff_time": True, "surveys": True, "privacy_notice": True, "publication": True},
    }


def _skills(levels: Mapping[str, Level]) -> list[dict[str, str]]:
    return [{"language": language, "level": level} for language, level in levels.items()]
