"""What would raise a score, in sentences with the points."""

import pytest

from shared.events.matching import Raise
from shared.wording.raising import raised
from shared.wording.speech import speech


@pytest.mark.parametrize(
    ("code", "points", "said"),
    [
        ("theme:waste", 5, "If the offer also covered the theme “Waste and recycling”: 5 points more."),
        ("dac:14032", 6, "If the offer also covered the purpose “Basic sanitation”: 6 points more."),
        ("sdg:6", 1, "If the offer also served the goal “6. Clean water and sanitation”: 1 point more."),
        ("language:fr:C1", 2.4, "If the expert spoke French at level C1: 2.4 points more."),
        ("years:10", 4, "If the expert had 10 years in the role: 4 points more."),
        ("years:1", 4, "If the expert had 1 year in the role: 4 points more."),
        ("days:12", 3.75, "If the expert were free on all of the 12 days that are wanted: 3.8 points more."),
        ("rating:5", 0.3, "If one more exchange were rated 5 of 5: 0.3 points more."),
        ("accepted:1", 7, "If the peer agreed to 1 more proposal: 7 points more."),
    ],
)
def test_a_gain_is_said_with_its_points(code: str, points: float, said: str) -> None:
    assert raised(speech("en"), Raise(code=code, points=points)) == said


@pytest.mark.parametrize(
    ("language", "points", "ending"),
    [
        ("en", 1, ": 1 point more."),
        ("en", 0.96, ": 1 point more."),
        ("en", 1.5, ": 1.5 points more."),
        ("en", 0.5, ": 0.5 points more."),
        ("en", 0.04, ": less than 0.1 points more."),
        ("es", 1, ": 1 punto más."),
        ("es", 1.5, ": 1,5 puntos más."),
        ("fr", 1, " : 1 point de plus."),
        ("fr", 1.5, " : 1,5 point de plus."),
        ("fr", 2, " : 2 points de plus."),
        ("fr", 0.04, " : moins de 0,1 point de plus."),
    ],
)
def test_parts_of_a_point_take_the_form_of_their_language(language: str, points: float, ending: str) -> None:
    assert raised(speech(language), Raise(code="theme:waste", points=points)).endswith(ending)
