"""From preparation to the day on which the exchange is closed."""

from datetime import date, timedelta
from typing import Any

from deploy.journeys.desk import Order
from deploy.journeys.journey import Journey, written


async def arrange_everything(journey: Journey) -> None:
    """The checklist: for each item of the script, or for all, everybody at once."""
    checklist = (await _exchange(journey))["checklist"]
    arranged = written(journey.script.exchange, "exchange").arranged
    for item in dict.fromkeys(entry["item"] for entry in checklist):
        if arranged is None or item in arranged:
            await _order(journey, "checklist", {"item": item, "done": True}, key=f"checklist/{item}")


async def declare_ready(journey: Journey) -> None:
    """Once exchange has heard that the requester has answered the survey before it."""
    await _heard_of(journey, "before-survey-open")
    await _order(journey, "readiness")


async def start_exchange(journey: Journey) -> None:
    """On the first of the planned days."""
    await _order(journey, "start", {"on": (await _exchange(journey))["plan"]["first"]})


async def complete_exchange(journey: Journey) -> None:
    """On the last one."""
    await _order(journey, "completion", {"on": (await _exchange(journey))["plan"]["last"]})


async def report_exchange(journey: Journey) -> None:
    """In the language of the script."""
    report = written(journey.script.report, "report")
    await _order(journey, "report", report.model_dump() | {"language": journey.script.language})


async def agree_action(journey: Journey) -> None:
    """Something that the requester does afterwards."""
    action = written(journey.script.action, "action")
    last = date.fromisoformat((await _exchange(journey))["completed_on"])
    body = {
        "owner_id": journey.people[journey.script.contact],
        "what": action.what,
        "due": (last + timedelta(days=action.days_after)).isoformat(),
    }
    # Evaluation is told of the completion in an event.
    order = Order(
        "evaluation",
        f"/v1/exchanges/{journey.exchange_id}/actions",
        body,
        late_news=frozenset({"exchange-not-completed"}),
    )
    await journey.order(journey.requester, order, "action")


async def follow_up(journey: Journey) -> None:
    """Once exchange has heard that somebody owns an action."""
    await _heard_of(journey, "no-owned-action")
    await _order(journey, "follow-up")


async def close_exchange(journey: Journey) -> None:
    """Nothing is left to be done."""
    await _order(journey, "closure")


async def _heard_of(journey: Journey, code: str) -> None:
    """Wait until exchange no longer waits for what the code says."""

    async def look() -> bool | None:
        return True if code not in (await journey.look("exchange", _path(journey)))["waiting_for"] else None

    await journey.desk.until(look)


async def _exchange(journey: Journey) -> Any:
    return await journey.get("exchange", _path(journey))


def _path(journey: Journey) -> str:
    return f"/v1/exchanges/{journey.exchange_id}"


async def _order(journey: Journey, what: str, body: Any = None, *, key: str | None = None) -> None:
    order = Order("exchange", f"{_path(journey)}/{what}", body)
    await journey.order(journey.coordinator, order, key or what)
