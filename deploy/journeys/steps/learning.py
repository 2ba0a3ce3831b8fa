"""What the exchange was worth: surveys, practices, and the end of the case."""

from datetime import date
from typing import Any

from deploy.journeys.desk import Order, Who
from deploy.journeys.journey import Journey, JourneyFailed, written
from deploy.journeys.script import Answers

SIDES = 2


async def answer_before(journey: Journey) -> None:
    """Both sides, or those that the script says."""
    surveys = written(journey.script.surveys, "surveys")
    for survey in await _asked(journey, "before", SIDES):
        if survey["side"] in surveys.before_by:
            await _answer(journey, survey, surveys.before)


async def answer_daily(journey: Journey) -> None:
    """The requester, for each day that has come."""
    answers = written(written(journey.script.surveys, "surveys").pulse, "surveys.pulse")
    plan = (await journey.get("exchange", f"/v1/exchanges/{journey.exchange_id}"))["plan"]
    for survey in await _asked(journey, "pulse", plan["days"]):
        if date.fromisoformat(survey["day"]) <= journey.today:
            await _answer(journey, survey, answers)


async def answer_after(journey: Journey) -> None:
    """Both sides."""
    answers = written(written(journey.script.surveys, "surveys").after, "surveys.after")
    for survey in await _asked(journey, "after", SIDES):
        await _answer(journey, survey, answers)


async def draft_practice(journey: Journey) -> None:
    """The requester writes down what others can reuse."""
    practice = written(journey.script.practice, "practice")
    body = practice.model_dump() | {"title_language": journey.script.language}
    order = Order("evaluation", f"/v1/exchanges/{journey.exchange_id}/practices", body)
    journey.practice_id = (await journey.order(journey.requester, order, "practice"))["practice_id"]


async def publish_practice(journey: Journey) -> None:
    """The association has checked it."""
    order = Order("evaluation", f"/v1/practices/{journey.practice_id}/check", {"decision": "publish"})
    await journey.order(journey.association, order, "practice/check")


async def find_case_closed(journey: Journey) -> None:
    """Intake has heard of the end, and closes the case."""

    async def look() -> bool | None:
        application = await journey.look("intake", f"/v1/applications/{journey.case_id}")
        return True if application["state"] == "closed" else None

    await journey.desk.until(look)


async def read_evaluation(journey: Journey) -> None:
    """Every survey is stored as it was answered, and the practice is public."""
    surveys = await journey.get("evaluation", f"/v1/exchanges/{journey.exchange_id}/surveys")
    for summary in surveys:
        survey = await journey.get("evaluation", f"/v1/surveys/{summary['survey_id']}")
        answers = _answers_to(journey, summary["kind"])
        sent = {item["item"]: _rating(answers, item) for item in survey["items"] if item["answer"] == "rating"}
        if {one["item"]: one["value"] for one in survey["ratings"]} != sent:
            raise JourneyFailed(f"Evaluation did not keep the answers to survey {summary['survey_id']}.")
    practice = await journey.get("evaluation", f"/v1/practices/{journey.practice_id}")
    if practice["state"] != "published":
        raise JourneyFailed(f"Practice {journey.practice_id} is {practice['state']}, although it was published.")


async def _asked(journey: Journey, kind: str, count: int) -> list[Any]:
    """The surveys of a kind, once all of them were opened."""

    async def look() -> list[Any] | None:
        surveys = await journey.look("evaluation", f"/v1/exchanges/{journey.exchange_id}/surveys")
        found = [survey for survey in surveys if survey["kind"] == kind]
        return found if len(found) >= count else None

    found: list[Any] = await journey.desk.until(look)
    return found


async def _answer(journey: Journey, survey: Any, answers: Answers) -> None:
    path = f"/v1/surveys/{survey['survey_id']}"
    items = (await journey.get("evaluation", path))["items"]
    body = {
        "ratings": [
            {"item": item["item"], "value": _rating(answers, item)} for item in items if item["answer"] == "rating"
        ],
        "texts": {item["item"]: answers.texts[item["item"]] for item in items if item["item"] in answers.texts},
    }
    order = Order("evaluation", f"{path}/answers", body)
    await journey.order(_respondent(journey, survey), order, f"answers/{survey['survey_id']}")


def _rating(answers: Answers, item: Any) -> int:
    return answers.ratings.get(item["item"], answers.rating)


def _respondent(journey: Journey, survey: Any) -> Who:
    return journey.requester if survey["side"] == "requester" else journey.offerer


def _answers_to(journey: Journey, kind: str) -> Answers:
    answers: Answers = written(getattr(journey.script.surveys, kind), f"surveys.{kind}")
    return answers
