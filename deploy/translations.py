"""`python -m deploy.translations update|check`: the catalogues of texts, in the folders named locale/.

Texts in code and templates are English and are their own keys, so English has no catalogue. `update` brings the texts
of the code into the catalogues of the other languages, where translators then write; `check` fails when a catalogue
lacks a text, keeps one that is gone, has a doubtful ("fuzzy") translation, or loses a place such as %(name)s, and when
two catalogues translate a text differently.
"""

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

SOURCE = Path(__file__).parent.parent
LANGUAGES = ("es", "fr")

_OPTIONS = {"templates/**.html": {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true"}}
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "say": None, "say_many": (1, 2)}
_PLACE = re.compile(r"%\((\w+)\)")


@dataclass(frozen=True, slots=True)
class Room:
    """A folder of code with texts, which `methods` tell how to find, and the folder of its catalogues."""

    name: str
    code: Path
    locales: Path
    methods: tuple[tuple[str, str], ...]

    def file(self, language: str) -> Path:
        """The catalogue of a language."""
        return self.locales / language / "LC_MESSAGES" / f"{self.name}.po"

    @property
    def header(self) -> dict[str, Any]:
        """What a new catalogue begins with."""
        return {
            "project": f"CONNECT {self.name}",
            "header_comment": f"# Texts of {self.code.relative_to(SOURCE)}; see deploy/translations.py.",
            "version": "1",
            "msgid_bugs_address": " ",
            "last_translator": " ",
            "language_team": " ",
            "charset": "utf-8",
            "fuzzy": False,
        }


_PORTAL, _WORDING = SOURCE / "services" / "portal", SOURCE / "shared" / "wording"
_PAGES = (("pages/**.py", "python"), ("templates/**.html", "jinja2.ext:babel_extract"))
PORTAL = Room("portal", _PORTAL, _PORTAL / "locale", _PAGES)
WORDING = Room("wording", _WORDING, _WORDING / "locale", (("*.py", "python"),))
ROOMS = (PORTAL, WORDING)


def main() -> int:
    """Run the command; 0 if the catalogues are well."""
    parser = argparse.ArgumentParser(prog="python -m deploy.translations", description=__doc__)
    parser.add_argument("command", choices=["update", "check"])
    if parser.parse_args().command == "update":
        for room in ROOMS:
            for language in LANGUAGES:
                update(room, language)
    faults = list(all_faults())
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    sys.stdout.write(f"translations: {sum(len(extract(room)) for room in ROOMS)} texts, {len(faults)} faults\n")
    return 1 if faults else 0


def all_faults() -> Iterator[str]:
    """What is wrong with any catalogue, one sentence each."""
    for language in LANGUAGES:
        faults = [fault for room in ROOMS for fault in check(room, language)]
        yield from (f"{language}: {fault}" for fault in faults or differences(ROOMS, language))


def extract(room: Room) -> Catalog:
    """Every text of a room."""
    texts = Catalog(charset="utf-8")
    found = extract_from_dir(room.code, list(room.methods), _OPTIONS, _KEYWORDS)
    for file, _line, text, comments, context in found:
        # Places change with every edit; the file alone tells a translator enough.
        texts.add(text, locations=[(Path(file).as_posix(), 0)], auto_comments=comments, context=context)
    return texts


def update(room: Room, language: str) -> None:
    """Bring the catalogue of a language up to the texts of the code. Texts that are gone are dropped."""
    file = room.file(language)
    catalogue = _read(room, language) if file.exists() else Catalog(**room.header, locale=language)
    catalogue.update(extract(room), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as target:
        write_po(target, catalogue, omit_header=False, sort_output=True, include_lineno=False, width=120)


def check(room: Room, language: str) -> Iterator[str]:
    """What is wrong with a room's catalogue of a language, one sentence each."""
    if not room.file(language).exists():
        yield f"the catalogue of {room.name} is missing: run `python -m deploy.translations update`"
        return
    catalogue, texts = _read(room, language), extract(room)
    for text in texts:
        if text.id:
            yield from _faults(text, catalogue.get(text.id))
    for known in catalogue:
        if known.id and texts.get(known.id) is None:
            yield f"{_short(known)} is no longer used"


def differences(rooms: tuple[Room, ...], language: str) -> Iterator[str]:
    """Texts that two catalogues translate differently: what is read would depend on which of them is asked first."""
    for one, other in combinations(rooms, 2):
        theirs = _read(other, language)
        for text in _read(one, language):
            same = theirs.get(text.id) if text.id else None
            if same is not None and _strings(same.string) != _strings(text.string):
                yield f"{_short(text)} is translated in two ways, by {one.name} and {other.name}"


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


def _read(room: Room, language: str) -> Catalog:
    with room.file(language).open("rb") as source:
        return read_po(source, locale=language)


if __name__ == "__main__":
    sys.exit(main())
