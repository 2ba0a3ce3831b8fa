"""A ranked pair in one sentence."""

import pytest

from shared.events.matching import Contribution
from shared.wording.speech import speech
from shared.wording.summary import standing, summary


def factor(name: str, points: float, out_of: float) -> Contribution:
    return Contribution(factor=name, points=points, out_of=out_of)


KNOWLEDGE, POSITION, CONTEXT = factor("knowledge", 38, 40), factor("position", 25, 25), factor("context", 14.25, 15)
LANGUAGE, AVAILABILITY = factor("language", 3, 10), factor("availability", 9.75, 10)
ALL = (KNOWLEDGE, POSITION, CONTEXT, LANGUAGE, AVAILABILITY)
SAID = (
    "90 of 100 points: most for knowledge (38 of 40) and position (25 of 25); "
    "least of what was possible for language (3 of 10)."
)


def test_a_summary_says_where_the_points_come_from_and_where_they_are_missing() -> None:
    assert summary(speech("en"), 90, ALL) == SAID
    assert summary(speech("es"), 90, ALL) == (
        "90 de 100 puntos. Lo que más aporta: conocimiento (38 de 40) y puesto (25 de 25). "
        "La menor parte de lo posible: idioma (3 de 10)."
    )
    assert summary(speech("fr"), 90, ALL) == (
        "90 points sur 100. Ce qui apporte le plus : connaissances (38 sur 40) et fonction (25 sur 25). "
        "La plus petite part du possible : langue (3 sur 10)."
    )


def test_the_order_of_the_factors_does_not_matter() -> None:
    assert summary(speech("en"), 90, ALL[::-1]) == SAID


@pytest.mark.parametrize(
    ("lost", "said"),
    [
        (-1.5, " 1.5 points are taken off, as the peer may not agree."),
        (-1, " 1 point is taken off, as the peer may not agree."),
        (-0.04, ""),
    ],
)
def test_what_the_answers_of_a_peer_cost_is_said(lost: float, said: str) -> None:
    assert summary(speech("en"), 90, (*ALL, factor("acceptance", lost, 0))) == SAID + said


def test_nothing_is_called_least_where_everything_is_full_or_there_is_little_to_compare() -> None:
    full = [factor(name, 20, 20) for name in ("knowledge", "position", "context", "language", "availability")]
    assert (
        summary(speech("en"), 100, full) == "100 of 100 points: most for knowledge (20 of 20) and position (20 of 20)."
    )
    assert summary(speech("en"), 5, [factor("brand-new", 5, 40)]) == "5 of 100 points: most for brand new (5 of 40)."


def test_a_score_of_nothing_has_no_parts() -> None:
    assert summary(speech("en"), 0, [factor("knowledge", 0, 40)]) == summary(speech("en"), 0, ()) == "0 of 100 points."


@pytest.mark.parametrize(
    ("language", "rank", "passing", "behind", "said"),
    [
        ("en", 12, 340, 4.5, "Number 12 of 340 offers that pass; 4.5 points fewer than the last one proposed."),
        ("en", 12, 340, 1, "Number 12 of 340 offers that pass; 1 point fewer than the last one proposed."),
        ("en", 6, 340, 0.04, "Number 6 of 340 offers that pass, with as many points as the last one proposed."),
        ("en", 2, 340, None, "Number 2 of 340 offers that pass."),
        ("en", 1, 1, None, "Number 1 of 1 offer that passes."),
        ("es", 2, 9, 1, "Número 2 de 9 ofertas que cumplen los requisitos; 1 punto menos que la última propuesta."),
        (
            "fr",
            2,
            9,
            1.5,
            "Numéro 2 sur 9 offres qui remplissent les conditions ; 1,5 point de moins que la dernière proposée.",
        ),
    ],
)
def test_a_standing_says_the_rank_and_what_is_missing(
    language: str, rank: int, passing: int, behind: float | None, said: str
) -> None:
    assert standing(speech(language), rank, passing, behind) == said


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "offers of organisations that the applicant asked for come first."),
        ("es", "van primero las ofertas de las organizaciones deseadas por la entidad solicitante."),
        ("fr", "les offres des organisations souhaitées par la collectivité demandeuse passent d’abord."),
    ],
)
def test_where_no_points_would_help_it_says_who_comes_first(language: str, said: str) -> None:
    place, _, why = standing(speech(language), 4, 9, wished_first=True).partition("; ")
    assert (place.strip() + ".", why) == (standing(speech(language), 4, 9), said)
