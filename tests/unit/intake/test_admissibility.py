"""The automatic checks find what is wrong and say how to repair it."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from services.intake.rules.admissibility import check_application, check_offer
from tests.builders.intake import TODAY, an_offer, application


def failed(duplicate_of: str | None = None, **changes: Any) -> set[tuple[str, str]]:
    problems = check_application(application(**changes), on=TODAY, duplicate_of=duplicate_of)
    assert all(problem.detail for problem in problems)
    return {(problem.pointer, problem.code) for problem in problems}


def test_a_complete_application_is_admissible() -> None:
    assert failed() == set()


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"authoriser": None}, "/authoriser", "missing"),
        ({"authoriser_confirmed": False}, "/authoriser_confirmed", "authoriser-not-confirmed"),
        ({"need": {"title": None}}, "/need/title", "missing"),
        ({"need": {"guiding_questions": ["Only one?"]}}, "/need/guiding_questions", "missing"),
        ({"need": {"themes": []}}, "/need/themes", "missing"),
        ({"need": {"language": "nl"}}, "/need/language", "unsupported-language"),
        ({"result": {"baseline": None}}, "/result/baseline", "missing"),
        ({"exchange": {"participants": []}}, "/exchange/participants", "missing"),
        ({"exchange": {"latest": "2026-05-01"}}, "/exchange/latest", "dates-reversed"),
        ({"commitment": {"privacy_notice": False}}, "/commitment/privacy_notice", "consent-missing"),
        ({"commitment": {"surveys": False}}, "/commitment/surveys", "consent-missing"),
        ({"commitment": {"staff_time": False}}, "/commitment/staff_time", "consent-missing"),
    ],
)
def test_each_check_names_its_place(changes: dict[str, Any], pointer: str, code: str) -> None:
    assert (pointer, code) in failed(**changes)


def test_consent_to_publication_may_be_withheld() -> None:
    assert failed(commitment={"publication": False}) == set()


@pytest.mark.parametrize(("ahead", "soon"), [(timedelta(weeks=8), False), (timedelta(weeks=8, days=-1), True)])
def test_the_first_day_is_eight_weeks_ahead_or_later(ahead: timedelta, soon: bool) -> None:
    found = failed(exchange={"earliest": (TODAY + ahead).isoformat()})
    assert (("/exchange/earliest", "too-soon") in found) is soon


def test_a_paper_application_is_measured_from_the_day_it_came() -> None:
    then = date(2017, 1, 9)
    answers = application(on=then)
    assert check_application(answers, on=then, duplicate_of=None) == ()
    assert [p.code for p in check_application(answers, on=TODAY, duplicate_of=None)] == ["too-soon"]


def test_a_duplicate_names_the_other_application() -> None:
    (problem,) = check_application(application(), on=TODAY, duplicate_of="CN-2026-0007")
    assert problem.code == "duplicate"
    assert "CN-2026-0007" in problem.detail


@pytest.mark.parametrize(
    "change",
    [
        {"need": {"title": "x" * 101}},
        {"need": {"challenge": "word " * 301}},
        {"need": {"themes": ["a", "b", "c", "d"]}},
        {"need": {"sdgs": [18]}},
        {"result": {"baseline": {"value": float("nan"), "unit": "percent"}}},
        {"exchange": {"mode": "seminar"}},
        {"surprise": True},
    ],
)
def test_limits_hold_also_in_a_draft(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        application(**change)


def test_a_complete_offer_passes() -> None:
    assert check_offer(an_offer()) == ()


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"windows": []}, "/windows"),
        ({"failures": None}, "/failures"),
        ({"released_by_employer": False}, "/released_by_employer"),
        ({"modes": []}, "/modes"),
    ],
)
def test_an_offer_lacks_what_it_lacks(change: dict[str, Any], pointer: str) -> None:
    assert pointer in {problem.pointer for problem in check_offer(an_offer(**change))}


def test_days_lie_in_this_century() -> None:
    offer = an_offer(windows=[{"first": "2026-05-02", "last": "9999-12-31"}])
    assert [(one.pointer, one.code) for one in check_offer(offer)] == [("/windows", "too-far")]
    assert failed(exchange={"latest": "9999-12-31"}) == {("/exchange/latest", "too-far")}


def test_a_window_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValidationError, match="exchange its dates"):
        an_offer(windows=[{"first": "2026-05-02", "last": "2026-05-01"}])
