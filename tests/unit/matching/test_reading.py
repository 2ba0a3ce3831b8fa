"""What the search makes of an application and of organisations."""

from datetime import date
from uuid import UUID

import pytest

from services.matching.engine.values import Days, Place
from services.matching.rules.associations import Association, to_be_called
from services.matching.rules.reading import association_of, levels, place_of, request_of
from shared.events.base import LanguageSkill
from shared.primitives.errors import Invalid
from shared.primitives.terms import Level, OrganisationKind
from tests.builders.matching import a_request, an_application, an_organisation

DUTCH, FRENCH, GHANAIAN, TOGOLESE = (UUID(int=number) for number in (1, 2, 3, 4))
ASSOCIATIONS = (
    Association(FRENCH, "FR", "150", frozenset({"fr"})),
    Association(DUTCH, "NL", "150", frozenset({"nl", "en"})),
    Association(GHANAIAN, "GH", "002", frozenset({"en"})),
    Association(TOGOLESE, "TG", "002", frozenset({"fr"})),
)


def test_dates_that_are_reversed_are_refused() -> None:
    with pytest.raises(Invalid, match="dates-reversed"):
        request_of(an_application(earliest=date(2026, 6, 2), latest=date(2026, 6, 1)))


def test_an_application_is_read_with_its_country_and_days() -> None:
    request = request_of(an_application(), frozenset({DUTCH}))
    assert request.place == Place("GH", 80_000, 1, "002", "011")
    assert request.window == Days(date(2026, 5, 18), date(2026, 6, 12))
    assert request.refused == {DUTCH}


def test_a_country_outside_the_vocabulary_is_a_place_of_which_nothing_is_known() -> None:
    assert place_of("ZZ", 5) == Place("ZZ", 5)


def test_varieties_of_a_language_are_one_language_at_the_best_level() -> None:
    skills = [("pt-BR", Level.B2), ("pt", Level.C1), ("pt-PT", Level.A2), ("xx-unknown", Level.C2)]
    read = levels(LanguageSkill(language=tag, level=level) for tag, level in skills)
    assert read == {"pt": Level.C1, "xx-unknown": Level.C2}


def test_an_association_stands_for_itself() -> None:
    town = an_organisation(association_id=DUTCH)
    own = an_organisation(kind=OrganisationKind.ASSOCIATION, association_id=None)
    assert association_of(town) == DUTCH
    assert association_of(own) == own.organisation_id


def test_associations_that_share_a_language_are_called_but_not_at_home() -> None:
    assert to_be_called(a_request(), ASSOCIATIONS) == (DUTCH,)


def test_at_home_too_where_the_own_country_is_welcome() -> None:
    assert to_be_called(a_request(same_country=True), ASSOCIATIONS) == (DUTCH, GHANAIAN)


def test_a_language_below_working_level_is_not_shared() -> None:
    request = a_request(languages={"en": Level.B1, "fr": Level.B2})
    assert to_be_called(request, ASSOCIATIONS) == (FRENCH, TOGOLESE)


def test_with_interpretation_all_are_called() -> None:
    request = a_request(languages={}, interpretation=True)
    assert to_be_called(request, ASSOCIATIONS) == (DUTCH, FRENCH, TOGOLESE)


def test_without_a_shared_language_those_of_the_region_are_called() -> None:
    assert to_be_called(a_request(languages={"ak": Level.C2}), ASSOCIATIONS) == (TOGOLESE,)


def test_excluded_organisations_and_the_applicant_are_not_called() -> None:
    request = a_request(organisation_id=DUTCH, languages={"nl": Level.C2}, excluded=frozenset({TOGOLESE}))
    assert to_be_called(request, ASSOCIATIONS) == ()
