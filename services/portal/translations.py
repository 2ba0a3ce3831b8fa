"""`python -m services.portal.translations update|check`: the catalogues of texts in locale/.

Texts in code and templates are English and are their own keys, so English has no catalogue. `update` brings the texts
of the code into the catalogues of the other languages, where translators then write; `check` fails when a catalogue
lacks a text, keeps one that is gone, has a doubtful ("fuzzy") translation, or loses a place such as %(name)s.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

PORTAL = Path(__file__).parent
LOCALES = PORTAL / "locale"
LANGUAGES = ("es", "fr")

_METHODS = [("pages/**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract")]
_OPTIONS = {"templates/**.html": {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true"}}
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "say": None, "say_many": (1, 2)}
_HEADER: dict[str, Any] = {
    "project": "CONNECT portal",
    "header_comment": "# Texts of the portal's pages; see services/portal/translations.py.",
    "version": "1",
    "msgid_bugs_address": " ",
    "last_translator": " ",
    "language_team": " ",
    "charset": "utf-8",
    "fuzzy": False,
}
_PLACE = re.compile(r"%\((\w+)\)")


def main() -> int:
    """Run the command; 0 if the catalogues are well."""
    parser = argparse.ArgumentParser(prog="python -m services.portal.translations", description=__doc__)
    parser.add_argument("command", choices=["update", "check"])
    if parser.parse_args().command == "update":
        for language in LANGUAGES:
            update(language)
    faults = [f"{language}: {fault}" for language in LANGUAGES for fault in check(language)]
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    sys.stdout.write(f"translations: {len(extract())} texts, {len(faults)} faults\n")
    return 1 if faults else 0


def extract() -> Catalog:
    """Every text of the pages."""
    texts = Catalog(charset="utf-8")
    found = extract_from_dir(PORTAL, _METHODS, _OPTIONS, _KEYWORDS)
    for file, _line, text, comments, context in found:
        # Places change with every edit; the file alone tells a translator enough.
        texts.add(text, locations=[(Path(file).as_posix(), 0)], auto_comments=comments, context=context)
    return texts


def update(language: str) -> None:
    """Bring the catalogue of a language up to the texts of the code. Texts that are gone are dropped."""
    file = _file(language)
    catalogue = _read(language) if file.exists() else Catalog(**_HEADER, locale=language)
    catalogue.update(extract(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as target:
        write_po(target, catalogue, omit_header=False, sort_output=True, include_lineno=False, width=120)


def check(language: str) -> Iterator[str]:
    """What is wrong with the catalogue of a language, one sentence each."""
    if not _file(language).exists():
        yield f"{_file(language).relative_to(PORTAL)} is missing: run `python -m services.portal.translations update`"
        return
    catalogue, texts = _read(language), extract()
    for text in texts:
        if text.id:
            yield from _faults(text, catalogue.get(text.id))
    for known in catalogue:
        if known.id and texts.get(known.id) is None:
            yield f"{_short(known)} is no longer used"


def _faults(text: Message, translated: Message | None) -> Iterator[str]:
    if translated is None or not all(_strings(translated.string)):
        yield f"{_short(text)} is not translated"
        return
    if translated.fuzzy:
        yield f"{_short(text)} has a doubtful (fuzzy) translation"
    wanted = set(_PLACE.findall(_strings(text.id)[-1]))
    for string in _strings(translated.string):
        # A form of a plural may say the number in a word.
        if not set(_PLACE.findall(string)) <= wanted or wanted - set(_PLACE.findall(string)) - {"number"}:
            yield f"{_short(text)} has other places in its translation: {string!r}"


def _strings(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (value or "",) if isinstance(value, str | None) else tuple(value)


def _short(text: Message) -> str:
    return repr(_strings(text.id)[0])


def _file(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "portal.po"


def _read(language: str) -> Catalog:
    with _file(language).open("rb") as source:
        return read_po(source, locale=language)


if __name__ == "__main__":
    sys.exit(main())
