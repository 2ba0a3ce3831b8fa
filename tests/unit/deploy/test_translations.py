"""The catalogues are complete, and a fault in one of them is found."""

from dataclasses import replace
from pathlib import Path

import pytest

from deploy import translations
from deploy.translations import PORTAL, WORDING, Room


def broken_copy(room: Room, folder: Path, original: str, broken: str) -> Room:
    """The room with one change in its Spanish catalogue."""
    catalogue = room.file("es").read_text()
    assert original in catalogue
    copy = replace(room, locales=folder)
    copy.file("es").parent.mkdir(parents=True)
    copy.file("es").write_text(catalogue.replace(original, broken))
    return copy


def test_the_catalogues_are_complete() -> None:
    assert list(translations.all_faults()) == []


@pytest.mark.parametrize(
    ("room", "original", "broken", "fault"),
    [
        (PORTAL, 'msgstr "Casos"', 'msgstr ""', "'Cases' is not translated"),
        (PORTAL, 'msgid "Cases"', '#, fuzzy\nmsgid "Cases"', "'Cases' has a doubtful (fuzzy) translation"),
        (PORTAL, 'msgid "Cases"', 'msgid "Cases of old"', "'Cases of old' is no longer used"),
        (PORTAL, "hasta el %(day)s", "hasta el %(dia)s", "'by %(day)s' has other places in its translation"),
        (PORTAL, "hasta el %(day)s", "hasta entonces", "'by %(day)s' has other places in its translation"),
        (WORDING, 'msgstr "Conocimiento"', 'msgstr ""', "'Knowledge' is not translated"),
    ],
)
def test_a_fault_in_a_catalogue_is_found(tmp_path: Path, room: Room, original: str, broken: str, fault: str) -> None:
    copy = broken_copy(room, tmp_path, original, broken)
    assert any(found.startswith(fault) for found in translations.check(copy, "es"))


def test_a_text_that_two_catalogues_translate_differently_is_found(tmp_path: Path) -> None:
    copy = broken_copy(WORDING, tmp_path, 'msgid "Language"\nmsgstr "Idioma"', 'msgid "Language"\nmsgstr "Lengua"')
    found = ["'Language' is translated in two ways, by portal and wording"]
    assert list(translations.differences((PORTAL, copy), "es")) == found
    assert list(translations.differences((PORTAL, WORDING), "es")) == []


def test_a_catalogue_that_is_missing_is_found(tmp_path: Path) -> None:
    missing = replace(PORTAL, locales=tmp_path)
    assert "is missing" in next(iter(translations.check(missing, "es")))
