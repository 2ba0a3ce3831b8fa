"""Two places compared in words, from countries and numbers of inhabitants alone."""

from itertools import product

import pytest

from shared.vocabulary.countries import COUNTRIES
from shared.wording.places import comparison, incomes, populations, settlements, whereabouts
from shared.wording.speech import LANGUAGES, speech
from tests.builders.matching import a_candidate, a_request

EN = speech("en")


def test_the_places_of_a_request_and_an_offer_are_compared() -> None:
    assert comparison(EN, a_request().place, a_candidate().place) == (
        "The countries are in two parts of the world: Ghana (Africa), Netherlands (Europe).",
        "Both have between 20,000 and 100,000 inhabitants: the applicant 80,000, the peer 90,000.",
        "To judge by its inhabitants, the applicant's place is a city, and so is the peer's.",
        (
            "The applicant's country (Ghana) is a lower-middle-income country, "
            "the peer's (Netherlands) a high-income country."
        ),
    )


@pytest.mark.parametrize(
    ("applicant", "peer", "said"),
    [
        (0, 4_999, "Both have fewer than 5,000 inhabitants: the applicant 0, the peer 4,999."),
        (5_000, 19_999, "Both have between 5,000 and 20,000 inhabitants: the applicant 5,000, the peer 19,999."),
        (
            100_000,
            499_999,
            "Both have between 100,000 and 500,000 inhabitants: the applicant 100,000, the peer 499,999.",
        ),
        (500_000, 9_000_000, "Both have 500,000 inhabitants or more: the applicant 500,000, the peer 9,000,000."),
        (3_000, 20_000, "The applicant has 3,000 inhabitants (under 5,000), the peer 20,000 (20,000 to 100,000)."),
        (3_000, None, "The applicant has 3,000 inhabitants; how many the peer has is not known."),
        (-1, 3_000, "The peer has 3,000 inhabitants; how many the applicant has is not known."),
        (None, -1, "How many inhabitants the two places have is not known."),
    ],
)
def test_populations_are_said_with_number_and_band(applicant: int | None, peer: int | None, said: str) -> None:
    assert populations(EN, applicant, peer) == said


@pytest.mark.parametrize(
    ("applicant", "peer", "said"),
    [
        (3_000, 60_000, "To judge by their inhabitants, the applicant's place is a rural area, the peer's a city."),
        (6_000, 49_999, "To judge by its inhabitants, the applicant's place is a town, and so is the peer's."),
        (3_000, None, None),
        (-3_000, 3_000, None),
    ],
)
def test_urban_and_rural_are_said_where_the_inhabitants_are_known(
    applicant: int | None, peer: int | None, said: str | None
) -> None:
    assert settlements(EN, applicant, peer) == said


@pytest.mark.parametrize(
    ("language", "applicant", "peer", "said"),
    [
        (
            "en",
            "BF",
            "FR",
            (
                "The applicant's country (Burkina Faso) is a low-income country, "
                "the peer's (France) a high-income country."
            ),
        ),
        (
            "es",
            "BF",
            "FR",
            (
                "El país de la entidad solicitante (Burkina Faso) es un país de ingreso bajo; "
                "el de la entidad par (Francia), un país de ingreso alto."
            ),
        ),
        (
            "fr",
            "BF",
            "FR",
            (
                "Le pays de la collectivité demandeuse (Burkina Faso) est un pays à revenu faible, "
                "celui de la collectivité homologue (France) un pays à revenu élevé."
            ),
        ),
        (
            "en",
            "GH",
            "KE",
            "The applicant's country (Ghana) is a lower-middle-income country, and so is the peer's (Kenya).",
        ),
        ("en", "GH", "GH", "Their country (Ghana) is a lower-middle-income country."),
        ("en", "VE", "FR", "Income group not known: Venezuela."),
        ("en", "VE", "VE", "Income group not known: Venezuela."),
        ("en", "VE", "XX", "Income group not known: Venezuela and XX."),
    ],
)
def test_incomes_are_said_of_both_countries(language: str, applicant: str, peer: str, said: str) -> None:
    assert incomes(speech(language), applicant, peer) == said


@pytest.mark.parametrize(
    ("applicant", "peer", "said"),
    [
        ("GH", "GH", "Both places are in the same country (Ghana)."),
        ("GH", "TG", "Both countries are in the same part of the world (Western Africa): Ghana and Togo."),
        ("GH", "KE", "Both countries are in the same part of the world (Sub-Saharan Africa): Ghana and Kenya."),
        ("GH", "EG", "Both countries are in the same part of the world (Africa): Ghana and Egypt."),
        ("GH", "XX", "Part of the world not known: XX."),
        ("AQ", "XX", "Part of the world not known: Antarctica and XX."),
    ],
)
def test_the_smallest_part_of_the_world_that_both_are_in_is_named(applicant: str, peer: str, said: str) -> None:
    assert whereabouts(EN, applicant, peer) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_country_can_be_compared_with_every_other(language: str) -> None:
    for one, other in product(("GH", "FR", "AQ", "XX", "VE"), COUNTRIES):
        for said in (whereabouts(speech(language), one, other), incomes(speech(language), one, other)):
            assert said.endswith(".")
            assert "%(" not in said
