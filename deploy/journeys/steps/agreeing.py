"""From the search for peers to a plan that everybody has agreed to."""

from typing import Any

from deploy.journeys.desk import Order
from deploy.journeys.journey import Journey, written


async def find_proposal(journey: Journey) -> None:
    """Our offer is among the proposals; the applicant sees it once it is published, which may need a coordinator."""

    async def look() -> str | None:
        path = f"/v1/applications/{journey.case_id}/proposals"
        proposals = await journey.desk.find(journey.requester, "matching", path) or ()
        return next((one["proposal_id"] for one in proposals if one["offer_id"] == journey.offer_id), None)

    journey.proposal_id = await journey.desk.until(look)


async def accept_as_requester(journey: Journey) -> None:
    """The applicant agrees to it."""
    order = Order("matching", f"/v1/proposals/{journey.proposal_id}/acceptance")
    await journey.order(journey.requester, order, "acceptance/requester")


async def accept_as_offerer(journey: Journey) -> None:
    """So does the other side, which confirms the match."""
    order = Order("matching", f"/v1/proposals/{journey.proposal_id}/acceptance")
    await journey.order(journey.offerer, order, "acceptance/offerer")


async def find_nobody(journey: Journey) -> None:
    """No offer fits, and the search says so."""

    async def look() -> str | None:
        path = f"/v1/applications/{journey.case_id}/search"
        search = await journey.desk.find(journey.coordinator, "matching", path)
        return search["state"] if search and search["state"] in {"no-match", "called"} else None

    await journey.desk.until(look)


async def call_associations(journey: Journey) -> None:
    """Associations are asked for offers."""
    body = {"closes_on": written(journey.script.call_closes, "call_closes").isoformat()}
    order = Order("matching", f"/v1/applications/{journey.case_id}/call", body)
    await journey.order(journey.coordinator, order, "call")


async def find_exchange(journey: Journey) -> None:
    """The confirmed match has become a planned exchange."""

    async def look() -> str | None:
        found = await journey.look("exchange", f"/v1/exchanges?application_id={journey.case_id}")
        return next((one["id"] for one in found if one["offer_id"] == journey.offer_id), None)

    journey.exchange_id = await journey.desk.until(look)


async def draft_terms(journey: Journey) -> None:
    """The requester drafts the terms of reference."""
    text = written(journey.script.exchange, "exchange").terms
    await _order(journey, "drafting")
    terms = Order("exchange", f"/v1/exchanges/{journey.exchange_id}/terms", {"text": text}, method="PUT")
    await journey.order(journey.requester, terms, "terms")


async def agree_terms(journey: Journey) -> None:
    """The coordinator notes the agreement, and the association that takes part."""
    body = {
        "association_id": journey.organisations[journey.script.association],
        "organisations": [journey.organisations[name] for name in written(journey.script.exchange, "exchange").also],
    }
    # The organisations are announced to exchange on a topic of their own, which may still be on its way.
    await _order(journey, "agreement", body, late_news=frozenset({"agreement-incomplete"}))


async def confirm_association(journey: Journey) -> None:
    """The association says that it takes part."""
    order = Order("exchange", f"/v1/exchanges/{journey.exchange_id}/association-confirmation")
    await journey.order(journey.association, order, "association-confirmation")


async def schedule_exchange(journey: Journey) -> None:
    """Days and people are fixed."""
    planned = written(journey.script.exchange, "exchange")
    proposed = (await journey.get("exchange", f"/v1/exchanges/{journey.exchange_id}"))["plan"]
    body = {
        "first": planned.first.isoformat() if planned.first else proposed["first"],
        "last": planned.last.isoformat() if planned.last else proposed["last"],
        "participants": [
            {
                "organisation_id": journey.organisations[guest.organisation],
                "part": guest.part,
                "member_id": journey.people[guest.person] if guest.person else None,
            }
            for guest in planned.people
            for _ in range(guest.count)
        ],
        "online": False,
    }
    # So may be the members.
    await _order(journey, "schedule", body, late_news=frozenset({"plan-out-of-limits"}))


async def _order(journey: Journey, what: str, body: Any = None, late_news: frozenset[str] = frozenset()) -> None:
    order = Order("exchange", f"/v1/exchanges/{journey.exchange_id}/{what}", body, late_news=late_news)
    await journey.order(journey.coordinator, order, what)
