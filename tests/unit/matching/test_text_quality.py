"""How good the suggestions are on texts that the lexicon was not tuned on, with a floor under each figure.

`python -m tests.judgement` prints the same figures in full, and the errors with `--errors`.
"""

import pytest

from services.matching.engine.text.suggest import suggest
from tests.judgement.labelled import LANGUAGES, demonstrated, labelled
from tests.judgement.measures import Judged, brier, judged, measure, reliability

HELDOUT = labelled("heldout")
# Precision, recall and hit among at most three: a few hundredths under what was measured.
FLOORS = {
    "title": {"themes": (0.96, 0.92, 0.95), "sdgs": (0.91, 0.92, 0.95), "dac": (0.88, 0.90, 0.95)},
    "short": {"themes": (0.83, 0.88, 0.97), "sdgs": (0.86, 0.91, 0.97), "dac": (0.79, 0.86, 0.96)},
    "long": {"themes": (0.70, 0.44, 0.85), "sdgs": (0.64, 0.52, 0.85), "dac": (0.73, 0.45, 0.80)},
}


@pytest.fixture(scope="module", params=["themes", "sdgs", "dac"])
def found(request: pytest.FixtureRequest) -> list[Judged]:
    return judged(HELDOUT, request.param)


@pytest.mark.parametrize("language", LANGUAGES)
def test_in_every_language_nearly_every_short_text_gets_a_right_suggestion(found: list[Judged], language: str) -> None:
    part = measure([one for one in found if (one.case.language, one.case.style) == (language, "short")])
    assert part.precision >= 0.75
    assert part.recall >= 0.70
    assert part.hit >= 0.90


@pytest.mark.parametrize("style", FLOORS)
def test_most_of_what_is_suggested_is_right_and_most_of_what_is_right_is_suggested(
    found: list[Judged], style: str
) -> None:
    part = measure([one for one in found if one.case.style == style])
    precision, recall, hit = FLOORS[style][found[0].kind]
    assert (part.precision >= precision, part.recall >= recall, part.hit >= hit) == (True, True, True), part


def test_so_is_what_others_wrote_and_labelled_for_the_demo_cases(found: list[Judged]) -> None:
    kind = found[0].kind
    part = measure([one for one in judged(demonstrated(), kind) if one.case.labels(kind)])
    assert (part.precision >= 0.7, part.recall >= 0.55, part.hit >= 0.82) == (True, True, True), part


def test_a_confidence_says_more_than_the_mean_and_the_sure_ones_are_right(found: list[Judged]) -> None:
    score, of_the_mean = brier(found)
    assert score < 0.9 * of_the_mean
    (_, said, right, _) = reliability(found, (0.0, 0.8))[-1]
    assert right >= said - 0.05


def test_the_language_of_nearly_every_text_that_is_more_than_a_title_is_told() -> None:
    texts = [case for case in HELDOUT if case.style != "title"]
    assert sum(suggest(case.text).language == case.language for case in texts) >= 0.97 * len(texts)
