"""The reader's language: texts, dates, numbers and names of countries in it."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Literal, get_args

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from shared.vocabulary.dac import PURPOSES
from shared.vocabulary.lookup import UnknownTerm
from shared.vocabulary.names import language_names, territory_names
from shared.vocabulary.sdg import goal
from shared.vocabulary.themes import theme

Spoken = Literal["en", "es", "fr"]
LANGUAGES: tuple[Spoken, ...] = get_args(Spoken)
LOCALES = Path(__file__).parent / "locale"

# Day before month everywhere: "en" alone would be read as American.
_LOCALES = {"en": "en_GB", "es": "es", "fr": "fr"}
_TENTH = Decimal("0.1")
_NAMES = {"en": "English", "es": "Español", "fr": "Français"}


@dataclass(frozen=True, slots=True)
class Speech:
    """Says things in one language. Texts in code are English and are looked up in the language's catalogue."""

    language: str
    locale: Locale
    catalogue: NullTranslations

    def say(self, text: str, /, **facts: object) -> str:
        """The text in this language, its `%(name)s` places filled."""
        return self.catalogue.gettext(text) % facts

    def say_many(self, one: str, many: str, number: float, /, **facts: object) -> str:
        """The text for that number of things, or parts of one; `%(number)s` is the number in this language's digits."""
        return self.catalogue.ngettext(one, many, self._form(number)) % {"number": self.number(number), **facts}

    def _form(self, number: float) -> int:
        """A whole number that takes the same form as this one is shown in: 1.5 is a plural, but not in French."""
        shown = abs(Decimal(str(number)).quantize(_TENTH))
        if shown == shown.to_integral_value():
            return int(shown)
        return 1 if self.locale.plural_form(shown) == "one" else 2

    def number(self, number: float) -> str:
        """A number with this language's separators and at most one decimal."""
        return format_decimal(number, format="#,##0.#", locale=self.locale)

    def day(self, day: date) -> str:
        """A day with its month in letters, so that nobody mistakes one for the other."""
        return format_date(day, format="long", locale=self.locale)

    def moment(self, moment: datetime) -> str:
        """A moment to the minute, in UTC."""
        return f"{format_datetime(moment, format=_WITH_MINUTES[self.language], locale=self.locale)} UTC"

    def days(self, first: date, last: date) -> str:
        """A span of days. Within a month it is said once: all these languages put the day first."""
        if first == last:
            return self.day(first)
        if (first.year, first.month) == (last.year, last.month):
            return f"{first.day}–{self.day(last)}"
        return self.say("%(first)s to %(last)s", first=self.day(first), last=self.day(last))

    def listing(self, things: Sequence[str]) -> str:
        """Things in a row: "a, b and c"."""
        return format_list(list(things), locale=self.locale)

    def country(self, code: str) -> str:
        """A country's name, or its code where there is no name."""
        return territory_names(self.language).get(code, code)

    def tongue(self, tag: str) -> str:
        """A language's name, or its tag where there is no name."""
        return language_names(self.language).get(tag.partition("-")[0].lower(), tag)

    def theme(self, code: str) -> str:
        """A theme's label, or its code if this release does not know it."""
        try:
            return theme(code).labels.in_language(self.language)
        except UnknownTerm:
            return code

    def purpose(self, code: str) -> str:
        """The label of a DAC purpose, or words with its code if this release does not know it."""
        try:
            return PURPOSES.find(code).labels.in_language(self.language)
        except UnknownTerm:
            return self.say("purpose %(code)s", code=code)

    def goal(self, number: int) -> str:
        """A Sustainable Development Goal with its number, or the number alone if there is none of it."""
        try:
            return f"{number}. {goal(number).labels.in_language(self.language)}"
        except UnknownTerm:
            return str(number)

    def others(self) -> Iterable[tuple[str, str]]:
        """Every language that texts are in, with its own name."""
        return _NAMES.items()


_WITH_MINUTES = {"en": "d MMM y, HH:mm", "es": "d MMM y, HH:mm", "fr": "d MMM y, HH:mm"}


@cache
def speech(language: str, *first: Path) -> Speech:
    """The speech of a language. `first`: folders of catalogues that are asked before this one, such as a service's own.

    Raises KeyError for a language that there are no texts in. Catalogues are read as the translators write them (.po):
    no compiled copy can be older than its source, and there is nothing to build before the first start.
    """
    catalogues = [_catalogue(folder, language) for folder in (*first, LOCALES)]
    for following in catalogues[1:]:
        catalogues[0].add_fallback(following)
    return Speech(language, Locale.parse(_LOCALES[language]), catalogues[0])


def _catalogue(folder: Path, language: str) -> NullTranslations:
    """The catalogue of a folder; one without texts where it has none in this language, which English never needs."""
    for file in (folder / language / "LC_MESSAGES").glob("*.po"):
        compiled = io.BytesIO()
        with file.open("rb") as source:
            write_mo(compiled, read_po(source, locale=language))
        compiled.seek(0)
        return GNUTranslations(compiled)
    return NullTranslations()


def sentence(text: str) -> str:
    """The text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def preferred(accept_language: str | None) -> str:
    """The language of the texts that an Accept-Language header likes best; English where it names none of them."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate((accept_language or "").split(",")[:20]):
        tag, _, quality = part.strip().partition(";q=")
        language = tag.strip().partition("-")[0].lower()
        weight = _weight(quality)
        if language in LANGUAGES and weight > 0:
            ranked.append((-weight, place, language))
    return min(ranked)[2] if ranked else "en"


def _weight(quality: str) -> float:
    if not quality:
        return 1.0
    try:
        return float(quality)
    except ValueError:
        return 0.0
