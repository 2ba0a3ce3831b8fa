"""Small groups are hidden."""

import pytest

from services.evaluation.rules.results import ConfidenceFigures, ItemFigures, confidence_result, item_result
from shared.events.evaluation import SurveyKind


def test_five_organisations_are_shown() -> None:
    result = item_result(ItemFigures(SurveyKind.AFTER, "relevance", n=7, respondents=5, mean=3.8571))
    assert (result.mean, result.hidden, result.n) == (3.86, False, 7)


@pytest.mark.parametrize("respondents", [1, 4])
def test_fewer_are_hidden_however_often_they_answered(respondents: int) -> None:
    result = item_result(ItemFigures(SurveyKind.PULSE, "useful-today", n=20, respondents=respondents, mean=2.0))
    assert (result.mean, result.hidden, result.n) == (None, True, 20)


def test_the_gain_is_measured_from_before_and_from_then() -> None:
    raw = ConfidenceFigures("confidence-1", n=5, respondents=5, before=3.0, then=1.8, after=4.2)
    result = confidence_result(raw)
    assert (result.gain, result.gain_seen_from_after, result.hidden) == (1.2, 2.4, False)


def test_no_figure_of_a_small_group_leaks() -> None:
    raw = ConfidenceFigures("confidence-1", n=4, respondents=4, before=3.0, then=1.8, after=4.2)
    shown = confidence_result(raw).model_dump(exclude={"item", "n", "respondents", "hidden"})
    assert set(shown.values()) == {None}
