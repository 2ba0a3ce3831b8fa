"""Languages are recognised from any BCP 47 tag and named in every language of the pages."""

import pytest

from shared.vocabulary.languages import LANGUAGES, by_name, language
from shared.vocabulary.lookup import UnknownTerm


@pytest.mark.parametrize("in_language", ["es", "en", "fr"])
def test_every_language_has_a_name_of_its_own(in_language: str) -> None:
    names = [each.name(in_language) for each in LANGUAGES.values()]

    assert len(set(names)) == len(names)
    assert not [each.code for each in LANGUAGES.values() if each.name(in_language) == each.code]


def test_the_pages_are_in_spanish_english_and_french() -> None:
    assert {code for code, each in LANGUAGES.items() if each.interface} == {"es", "en", "fr"}


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("fr", "fr"),
        ("FR", "fr"),
        ("pt-BR", "pt"),
        ("pt_BR", "pt"),
        ("zh-Hans-CN", "zh"),
        ("sr-Latn-ME", "sr"),
        ("mo", "ro"),
        ("tl", "fil"),
        ("nb", "no"),
        ("nn-NO", "no"),
        ("iw", "he"),
        ("sh", "sr"),
        ("nld", "nl"),
    ],
)
def test_a_tag_is_reduced_to_its_language(tag: str, code: str) -> None:
    assert language(tag).code == code


@pytest.mark.parametrize(
    ("tag", "near"), [("inglés", "en"), ("neerlandais", "nl"), ("Portuguese", "pt"), ("x", None), ("fr;q=0.9", None)]
)
def test_an_unknown_tag_names_the_language_that_is_meant(tag: str, near: str | None) -> None:
    with pytest.raises(UnknownTerm) as unknown:
        language(tag)

    assert unknown.value.suggestion == near


@pytest.mark.parametrize("tag", ["", "e", "en-", "-en", "en--GB", "en\n", "english-uk-", "123", "en-123456789"])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(UnknownTerm):
        language(tag)


def test_a_list_for_a_form_has_the_languages_of_the_pages_first() -> None:
    names = [each.name("es") for each in by_name("es")]

    assert names[:4] == ["español", "francés", "inglés", "afrikáans"]
    assert len(names) == len(LANGUAGES)
    assert names.index("árabe") < names.index("armenio") < names.index("zulú")


def test_a_name_in_a_language_without_pages_is_refused() -> None:
    with pytest.raises(UnknownTerm, match="'nl' is not in the vocabulary of interface languages"):
        LANGUAGES["fr"].name("nl")
