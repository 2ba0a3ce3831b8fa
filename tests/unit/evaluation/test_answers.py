"""What counts as an answer, and which answers alert the coordinator."""

from dataclasses import replace
from math import inf

import pytest

from services.evaluation.rules import surveys
from services.evaluation.rules.answers import Answers, Rated, alerts, require_complete, submitted_event
from services.evaluation.rules.instruments import INSTRUMENTS, PULSE, AnswerKind, current
from shared.events.evaluation import SurveyKind
from shared.primitives.errors import Invalid
from shared.primitives.ids import new_id
from tests.builders.evaluation import FIRST, an_exchange, whole_answers

ASKED = [kind for kind in SurveyKind if any(one.kind is kind for one in INSTRUMENTS.values())]


def problems(kind: SurveyKind, answers: Answers) -> dict[str, str]:
    with pytest.raises(Invalid) as refusal:
        require_complete(current(kind), answers)
    assert all(field.detail.endswith((".", "?")) for field in refusal.value.fields)
    return {field.pointer: field.code for field in refusal.value.fields}


def a_pulse() -> surveys.Survey:
    return surveys.pulse_surveys(an_exchange(), (FIRST,), 1, FIRST, new_id)[0]


@pytest.mark.parametrize("kind", ASKED)
def test_whole_answers_are_taken(kind: SurveyKind) -> None:
    require_complete(current(kind), whole_answers(kind))


@pytest.mark.parametrize("kind", ASKED)
def test_each_missing_item_is_named(kind: SurveyKind) -> None:
    required = {
        f"/{'ratings' if item.answer is AnswerKind.RATING else 'texts'}/{item.item}": "missing"
        for item in current(kind).items
        if item.required
    }
    assert problems(kind, Answers((), {})) == required


@pytest.mark.parametrize("value", [0, 6, -1, 10**30])
def test_a_rating_out_of_range_is_named_by_its_place(value: int) -> None:
    answers = whole_answers(SurveyKind.PULSE, understood_today=value)
    assert problems(SurveyKind.PULSE, answers) == {"/ratings/1/value": "out-of-range"}


def test_unknown_and_repeated_items_are_named() -> None:
    whole = whole_answers(SurveyKind.BEFORE)
    answers = replace(
        whole, ratings=(*whole.ratings, whole.ratings[0], Rated("weather", 5)), texts={**whole.texts, "a/b": "x"}
    )
    assert problems(SurveyKind.BEFORE, answers) == {
        "/ratings/0/item": "repeated-item",
        "/ratings/3/item": "repeated-item",
        "/ratings/4/item": "unknown-item",
        "/texts/a~1b": "unknown-item",
    }


def test_blank_and_endless_texts_are_refused() -> None:
    whole = whole_answers(SurveyKind.BEFORE)
    assert problems(SurveyKind.BEFORE, replace(whole, texts={"expectations": " \n"})) == {
        "/texts/expectations": "missing"
    }
    assert problems(SurveyKind.BEFORE, replace(whole, texts={"expectations": "x" * 2001})) == {
        "/texts/expectations": "too-long"
    }


def test_the_baseline_is_optional_and_belongs_to_the_survey_before() -> None:
    require_complete(current(SurveyKind.BEFORE), replace(whole_answers(SurveyKind.BEFORE), number=None))
    endless = replace(whole_answers(SurveyKind.BEFORE), number=inf)
    assert problems(SurveyKind.BEFORE, endless) == {"/baseline": "out-of-range"}
    misplaced = replace(whole_answers(SurveyKind.PULSE), number=1.0)
    assert problems(SurveyKind.PULSE, misplaced) == {"/baseline": "unknown-item"}


@pytest.mark.parametrize(("value", "alerted"), [(1, True), (2, True), (3, False), (5, False)])
def test_a_rating_of_two_or_lower_alerts(value: int, alerted: bool) -> None:
    raised = alerts(a_pulse(), whole_answers(SurveyKind.PULSE, organised_today=value).ratings)
    assert [(alert.item, alert.value, alert.day) for alert in raised] == [("organised-today", value, FIRST)] * alerted


def test_each_bad_item_alerts_once() -> None:
    raised = alerts(a_pulse(), whole_answers(SurveyKind.PULSE, 1).ratings)
    assert [alert.item for alert in raised] == list(PULSE.of(AnswerKind.RATING))


def test_low_confidence_before_the_exchange_alerts_nobody() -> None:
    before = surveys.before_surveys(an_exchange(), 1, FIRST, new_id)[0]
    assert alerts(before, whole_answers(SurveyKind.BEFORE, 1).ratings) == ()


def test_texts_are_not_announced() -> None:
    answers = whole_answers(SurveyKind.AFTER)
    event = submitted_event(a_pulse(), answers.ratings)
    assert len(event.ratings) == len(answers.ratings)
    assert "second day" not in event.model_dump_json()


def test_a_day_asks_three_items_at_most() -> None:
    assert all(len(one.items) <= 3 for one in INSTRUMENTS.values() if one.kind is SurveyKind.PULSE)


def test_every_confidence_item_before_is_asked_after_now_and_then() -> None:
    asked_after = current(SurveyKind.AFTER).of(AnswerKind.RATING)
    for item in current(SurveyKind.BEFORE).of(AnswerKind.RATING):
        assert {item, f"{item}-then"} <= asked_after.keys()


def test_the_newest_version_of_an_instrument_is_asked() -> None:
    newer = replace(PULSE, version=2)
    assert current(SurveyKind.PULSE, [newer, *INSTRUMENTS.values()]) is newer
