"""What could be asked less strictly, and what that would bring."""

import pytest

from shared.wording.relaxing import relaxation_name, would_pass
from shared.wording.speech import speech


@pytest.mark.parametrize(
    ("language", "offers", "said"),
    [
        ("en", 14, "With interpretation, 14 offers would pass."),
        ("en", 1, "With interpretation, 1 offer would pass."),
        ("en", 0, "With interpretation, still no offer would pass."),
        ("es", 14, "Con interpretación, 14 ofertas cumplirían los requisitos."),
        ("es", 1, "Con interpretación, 1 oferta cumpliría los requisitos."),
        ("fr", 14, "Avec une interprétation, 14 offres rempliraient les conditions."),
        ("fr", 1, "Avec une interprétation, 1 offre remplirait les conditions."),
        ("fr", 0, "Avec une interprétation, toujours aucune offre ne remplirait les conditions."),
    ],
)
def test_a_relaxation_is_said_with_its_offers(language: str, offers: int, said: str) -> None:
    assert would_pass(speech(language), ["interpretation"], offers) == said


def test_two_together_are_one_sentence() -> None:
    said = would_pass(speech("en"), ["interpretation", "same-country"], 3)
    assert said == "With interpretation and with peers from the same country, 3 offers would pass."
    assert would_pass(speech("fr"), ["interpretation", "window"], 1).startswith("Avec une interprétation et avec des")


def test_a_relaxation_has_a_name_that_says_what_to_do() -> None:
    assert relaxation_name(speech("en"), "same-country") == "Allow peers from the same country"
    assert relaxation_name(speech("fr"), "knowledge") == "Admettre des finalités proches"
