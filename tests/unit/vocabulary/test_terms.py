"""Themes, goals, purpose codes and sizes are complete, fit together, and say what is near when a code is unknown."""

import re
from dataclasses import FrozenInstanceError

import pytest

from shared.vocabulary.dac import PURPOSES, purpose
from shared.vocabulary.income import IncomeGroup
from shared.vocabulary.lookup import Labels, Table, UnknownTerm, folded
from shared.vocabulary.population import PopulationBand, Urbanisation, population_band, urbanisation
from shared.vocabulary.sdg import GOALS, goal
from shared.vocabulary.themes import THEMES, Theme, purposes_of, theme

# Purpose codes that the project promises to know.
PROMISED = (
    *("14032", "14050", "15110", "15111", "15112", "15114", "15128", "15150"),
    *("16030", "21012", "25030", "32130", "33210", "41010", "43030", "43060"),
)

ALL_LABELS = {
    "themes": [each.labels for each in THEMES],
    "purposes": [each.labels for each in PURPOSES],
    "goals": [each.labels for each in GOALS],
    "bands": [each.labels for each in PopulationBand],
    "urbanisation": [each.labels for each in Urbanisation],
    "income groups": [each.labels for each in IncomeGroup],
}


@pytest.mark.parametrize("vocabulary", ALL_LABELS)
@pytest.mark.parametrize("language", ["es", "en", "fr"])
def test_every_term_has_a_label_of_its_own_in_every_language(vocabulary: str, language: str) -> None:
    labels = [each.in_language(language) for each in ALL_LABELS[vocabulary]]

    assert all(label == label.strip() and len(label) > 2 for label in labels)
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("vocabulary", ALL_LABELS)
def test_no_vocabulary_was_left_in_one_language(vocabulary: str) -> None:
    labels = ALL_LABELS[vocabulary]

    assert any(each.es != each.en for each in labels)
    assert any(each.fr != each.en for each in labels)
    assert any(each.fr != each.es for each in labels)


def test_there_are_seventeen_goals_in_order() -> None:
    assert [each.number for each in GOALS] == list(range(1, 18))
    assert goal(6).labels.en == "Clean water and sanitation"
    assert goal(17).labels.fr == "Partenariats pour la réalisation des objectifs"


@pytest.mark.parametrize(("number", "near"), [(0, "1"), (18, "17"), (-3, "1")])
def test_a_goal_that_is_not_names_the_nearest(number: int, near: str) -> None:
    with pytest.raises(UnknownTerm, match=f"did you mean '{near}'") as unknown:
        goal(number)

    assert (unknown.value.code, unknown.value.suggestion) == (number, near)


def test_the_promised_purpose_codes_are_known() -> None:
    assert {code for code in PROMISED if code not in PURPOSES} == set()
    assert purpose("14032").labels == Labels("Saneamiento básico", "Basic sanitation", "Assainissement de base")
    assert purpose("14032").sector == "140"


def test_purpose_codes_have_five_digits_and_stand_in_order() -> None:
    codes = [each.code for each in PURPOSES]

    assert all(re.fullmatch(r"[1-9]\d{4}", code) for code in codes)
    assert codes == sorted(codes)


def test_every_purpose_code_is_reached_from_a_theme() -> None:
    reached = {code for each in THEMES for code in each.purposes}

    assert {each.code for each in PURPOSES} - reached == set()


def test_every_goal_is_served_by_a_theme() -> None:
    assert {each.number for each in GOALS} - {number for each in THEMES for number in each.goals} == set()


@pytest.mark.parametrize("each", THEMES, ids=lambda each: each.code)
def test_a_theme_names_goals_and_purposes_that_exist(each: Theme) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", each.code)
    assert each.goals
    assert each.purposes
    assert [goal(number).number for number in each.goals] == list(each.goals)
    assert [purpose(code).code for code in each.purposes] == list(each.purposes)


def test_the_list_of_themes_is_short_enough_to_choose_from() -> None:
    assert 20 <= len(THEMES) <= 30


@pytest.mark.parametrize(
    ("code", "near"),
    [("wast", "waste"), ("Sanitation", "sanitation"), ("assainissement", "sanitation"), ("Energia", "energy")],
)
def test_an_unknown_theme_names_the_nearest_also_by_its_label(code: str, near: str) -> None:
    with pytest.raises(UnknownTerm) as unknown:
        theme(code)

    assert unknown.value.suggestion == near
    assert str(unknown.value) == f"{code!r} is not in the vocabulary of themes, did you mean {near!r}?"


def test_an_unknown_code_with_nothing_near_suggests_nothing() -> None:
    with pytest.raises(UnknownTerm) as unknown:
        theme("xyzzy")

    assert unknown.value.suggestion is None
    assert str(unknown.value) == "'xyzzy' is not in the vocabulary of themes"
    assert isinstance(unknown.value, ValueError)


def test_a_mistyped_purpose_code_names_the_nearest() -> None:
    with pytest.raises(UnknownTerm, match=r"did you mean '1403[12]'"):
        purpose("14033")


def test_the_purposes_of_several_themes_come_most_fitting_first_and_once() -> None:
    assert purposes_of(("finance", "revenue", "staff")) == ("15111", "15114", "15110", "15128", "15124")
    assert purposes_of(()) == ()


def test_a_label_in_a_language_without_pages_is_refused() -> None:
    with pytest.raises(UnknownTerm, match="'de' is not in the vocabulary of interface languages"):
        theme("waste").labels.in_language("de")


def test_terms_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        theme("waste").code = "garbage"  # type: ignore[misc]


def test_a_code_cannot_stand_twice_in_a_table() -> None:
    twice = Theme("waste", Labels("a", "b", "c"), (1,), ("14050",))
    with pytest.raises(ValueError, match="'waste' stands twice"):
        Table("themes", (twice, twice))


@pytest.mark.parametrize(
    ("inhabitants", "band"),
    [
        (0, "under-5k"),
        (4_999, "under-5k"),
        (5_000, "5k-20k"),
        (19_999, "5k-20k"),
        (20_000, "20k-100k"),
        (99_999, "20k-100k"),
        (100_000, "100k-500k"),
        (499_999, "100k-500k"),
        (500_000, "500k-and-over"),
        (38_000_000, "500k-and-over"),
    ],
)
def test_a_band_holds_its_lower_bound_and_not_its_upper_one(inhabitants: int, band: str) -> None:
    assert population_band(inhabitants) == band


def test_bands_and_income_groups_are_ranked_from_small_to_large() -> None:
    assert [each.rank for each in PopulationBand] == [0, 1, 2, 3, 4]
    assert [each.rank for each in IncomeGroup] == [0, 1, 2, 3]


def test_a_negative_population_is_refused() -> None:
    with pytest.raises(ValueError, match="-1 is not possible"):
        population_band(-1)
    with pytest.raises(ValueError, match="-1 is not possible"):
        urbanisation(-1)


@pytest.mark.parametrize(
    ("inhabitants", "expected"), [(4_999, "rural"), (5_000, "town"), (49_999, "town"), (50_000, "city")]
)
def test_the_degree_of_urbanisation_changes_at_5000_and_50000(inhabitants: int, expected: str) -> None:
    assert urbanisation(inhabitants) == expected


def test_text_is_compared_without_accents_case_and_punctuation() -> None:
    assert folded("  Donostia / SAN Sebastián ") == "donostia san sebastian"
    assert folded("Straße") == "strasse"
    assert folded("—") == ""
