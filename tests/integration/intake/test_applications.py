"""An application on its way through intake, over HTTP, on a real database."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest

from shared.events.intake import ApplicationValidated
from shared.primitives.terms import Role
from tests.builders.intake import application_answers
from tests.fakes.http import signed_in
from tests.integration.intake.conftest import COORDINATOR, Intake

GOOD: dict[str, Any] = {
    "conflict_of_interest": False,
    "eligibility": {
        "public_body": True,
        "participants_elected_or_staff": True,
        "non_commercial": True,
        "association_informed": True,
        "no_safety_block": True,
    },
    "scores": {
        "clarity": 4,
        "peer_usefulness": 4,
        "authority": 4,
        "result": 4,
        "feasibility": 4,
        "dissemination": 4,
    },
}
RECUSED = {"conflict_of_interest": True}


def reviewer(number: int) -> dict[str, str]:
    return signed_in(Role.REVIEWER, account=f"reviewer-{number}")


async def test_a_complete_application_reaches_the_reviewers(intake: Intake) -> None:
    application = await intake.submitted()
    assert application["state"] == "in-review"
    assert application["reference"] == "CN-2026-0001"
    assert await intake.announced_about(application["application_id"]) == [
        "ApplicationSubmitted",
        "ApplicationAdmitted",
    ]


async def test_two_good_reviews_validate_it(intake: Intake) -> None:
    application = await intake.submitted()
    path = f"/v1/applications/{application['application_id']}/reviews"
    first = await intake.post(path, GOOD, who=reviewer(1))
    second = await intake.post(path, GOOD, who=reviewer(2))
    assert (first["state"], second["state"]) == ("in-review", "validated")
    assert (await intake.announced())[-1] == "ApplicationValidated"


async def test_the_programme_goes_along_to_the_search(intake: Intake) -> None:
    application = await intake.submitted(programme="danube")
    for number in (1, 2):
        await intake.post(f"/v1/applications/{application['application_id']}/reviews", GOOD, who=reviewer(number))
    event = await intake.last_announced()
    assert isinstance(event, ApplicationValidated)
    assert event.programme == "danube"


async def test_a_weak_application_is_rejected_and_can_be_resubmitted(intake: Intake) -> None:
    application = await intake.submitted()
    path = f"/v1/applications/{application['application_id']}/reviews"
    weak = GOOD | {"scores": dict.fromkeys(GOOD["scores"], 1)}
    await intake.post(path, weak, who=reviewer(1))
    rejected = await intake.post(path, weak, who=reviewer(2))
    assert rejected["state"] == "rejected"
    assert "weak-clarity" in rejected["reasons"]
    again = {
        "organisation_id": application["organisation_id"],
        "answers": application["answers"],
        "resubmits": application["application_id"],
    }
    draft = await intake.post("/v1/applications", again)
    sent = await intake.post(f"/v1/applications/{draft['application_id']}/submission")
    assert sent["state"] == "in-review"
    assert sent["resubmits"] == application["application_id"]


async def test_a_recused_reviewer_neither_judges_nor_reads(intake: Intake) -> None:
    application = await intake.submitted()
    path = f"/v1/applications/{application['application_id']}"
    await intake.post(f"{path}/reviews", RECUSED, who=reviewer(1))
    assert (await intake.api.get(path, headers=reviewer(1))).status_code == 404
    assert (await intake.api.get(path, headers=reviewer(2))).status_code == 200
    again = await intake.api.post(f"{path}/reviews", json=GOOD, headers=reviewer(1))
    assert (again.status_code, again.json()["code"]) == (409, "reviewed-already")


async def test_an_incomplete_application_comes_back_and_can_be_mended(intake: Intake) -> None:
    application = await intake.submitted(need={"tried": None})
    case = application["application_id"]
    assert application["state"] == "information-requested"
    assert application["failed_checks"][0]["pointer"] == "/need/tried"
    answers = application["answers"] | {"need": application["answers"]["need"] | {"tried": "Nothing yet."}}
    mended = await intake.api.put(f"/v1/applications/{case}", json={"answers": answers}, headers=COORDINATOR)
    assert mended.status_code == 200
    assert (await intake.post(f"/v1/applications/{case}/information"))["state"] == "in-review"


async def test_a_second_application_on_the_same_theme_is_a_duplicate(intake: Intake) -> None:
    first = await intake.submitted()
    body = {"organisation_id": first["organisation_id"], "answers": first["answers"]}
    draft = await intake.post("/v1/applications", body)
    second = await intake.post(f"/v1/applications/{draft['application_id']}/submission")
    assert [check["code"] for check in second["failed_checks"]] == ["duplicate"]
    assert first["reference"] in second["failed_checks"][0]["detail"]


async def test_two_submissions_at_once_do_not_miss_each_other_as_duplicates(intake: Intake) -> None:
    first = await intake.draft()
    body = {"organisation_id": first["organisation_id"], "answers": first["answers"]}
    second = await intake.post("/v1/applications", body)
    sent = await asyncio.gather(
        *(intake.post(f"/v1/applications/{each['application_id']}/submission") for each in (first, second))
    )
    assert sorted(each["state"] for each in sent) == ["in-review", "information-requested"]


async def test_references_of_a_year_have_no_gap_and_no_double(intake: Intake) -> None:
    drafts = [await intake.draft() for _ in range(5)]
    sent = await asyncio.gather(
        *(intake.post(f"/v1/applications/{draft['application_id']}/submission") for draft in drafts)
    )
    assert sorted(each["reference"] for each in sent) == [f"CN-2026-000{number}" for number in range(1, 6)]


async def test_only_a_coordinator_says_when_a_paper_application_came(intake: Intake) -> None:
    organisation = await intake.organisation()
    contact = await intake.member(organisation)
    body = {
        "organisation_id": str(organisation),
        "answers": application_answers(contact=contact),
        "received_on": "2017-01-09",
    }
    applicant = signed_in(Role.APPLICANT, organisation_id=organisation)
    assert (await intake.api.post("/v1/applications", json=body, headers=applicant)).status_code == 403
    assert (await intake.api.post("/v1/applications", json=body, headers=COORDINATOR)).status_code == 201
    future = body | {"received_on": "2026-03-03"}
    answer = await intake.api.post("/v1/applications", json=future, headers=COORDINATOR)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/received_on")


async def test_a_withdrawn_application_is_withdrawn_once(intake: Intake) -> None:
    application = await intake.submitted()
    path = f"/v1/applications/{application['application_id']}/withdrawal"
    assert (await intake.post(path, {"reason": "no-budget"}))["state"] == "withdrawn"
    again = await intake.api.post(path, json={"reason": "no-budget"}, headers=COORDINATOR)
    assert (again.status_code, again.json()["code"]) == (409, "wrong-state")


async def test_events_carry_no_name_and_no_address(intake: Intake) -> None:
    await intake.submitted()
    async with intake.database.reading() as connection:
        everything = await connection.fetchval("SELECT string_agg(encode(value, 'escape'), ' ') FROM outbox")
    assert "Demo Person" not in everything
    assert "@example.org" not in everything


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"answers": {"need": {"themes": ["sanitaton"]}}}, 422, "/answers/need/themes/0"),
        ({"answers": {"contact": str(uuid4())}}, 404, None),
        ({"answers": {"surprise": 1}}, 422, "/answers/surprise"),
        ({"answers": {"need": {"sdgs": ["six"]}}}, 422, "/answers/need/sdgs/0"),
        ({"organisation_id": "42"}, 422, "/organisation_id"),
        ({"organisation_id": str(uuid4())}, 404, None),
        ({"resubmits": str(uuid4())}, 404, None),
    ],
)
async def test_a_bad_draft_is_refused_with_its_place(
    intake: Intake, change: dict[str, Any], status: int, pointer: str | None
) -> None:
    body = {"organisation_id": str(await intake.organisation()), "answers": {}} | change
    answer = await intake.api.post("/v1/applications", json=body, headers=COORDINATOR)
    problem = answer.json()
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["detail"]
    if pointer is not None:
        assert pointer in [error["pointer"] for error in problem["errors"]]


async def test_an_unknown_theme_is_answered_with_the_nearest_known_one(intake: Intake) -> None:
    body = {
        "organisation_id": str(await intake.organisation()),
        "answers": {"need": {"themes": ["sanitaton"]}},
    }
    answer = await intake.api.post("/v1/applications", json=body, headers=COORDINATOR)
    assert "sanitation" in answer.json()["errors"][0]["detail"]


async def test_a_draft_without_dates_can_not_be_sent(intake: Intake) -> None:
    draft = await intake.draft(exchange={"earliest": None})
    path = f"/v1/applications/{draft['application_id']}/submission"
    answer = await intake.api.post(path, headers=COORDINATOR)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/exchange/earliest"]
    assert await intake.announced_about(draft["application_id"]) == []
