"""The language of a text, told by its small words."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from services.matching.engine.text.files import table
from services.matching.engine.text.words import Word, lowered, without_accents

SUPPORTED = ("es", "en", "fr", "pt", "nl")
# Votes are whole numbers, so that their sum is the same in whatever order they come: a word that one language alone
# has is worth this, a word of several its share.
WHOLE = 2520 * 100
# What the caller believes is worth as much as two such words.
WORTH_OF_HINT = 2 * WHOLE
# Small words make up a third of running text or more. With a smaller share than this, the language can't be told.
LEAST_SHARE = 0.2
# A language is told if no other comes so near: within a tenth, or within one such word.
LEAST_LEAD = 1.1
# Texts in other languages are rare, and two of them are close relatives of Spanish and Portuguese.
SHARE_OF_OTHERS = 85  # in a hundred
# A title or a list of keywords may have no small word that tells its language; more than so many words always have.
FEW_WORDS = 60


# Letters that tell relatives apart.
_LETTERS = {
    "es": "ñ", "gl": "ñ", "pt": "ãõçêâ", "fr": "èêëœùûîâç", "ca": "çàèò", "it": "èàòù", "ro": "ăâîșț",
    "de": "äöüß", "sv": "åäö", "da": "æøå", "pl": "ąęłńśźżć", "tr": "ğışçöü",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Told:
    """The language of a text, None if it can't be told; `possible` are the supported ones that it may be in.

    `clear`: it has small words enough to go by.
    """

    language: str | None
    possible: tuple[str, ...]
    clear: bool


def language_of(found: Sequence[Word], hint: str | None = None) -> Told:
    """The supported language that the words are most likely in; None if it is another or can't be told.

    Every small word counts for the languages that have it, less where several do, and so does a letter that few have.
    `hint` is what the caller believes; a text that is plainly in another language is believed rather than the caller.
    Few words without any small one, such as a title, may be in every language.
    """
    scores, small = _scores(found)
    clear = max(small.values(), default=0) >= LEAST_SHARE * max(1, len(found))
    if hint in SUPPORTED:
        scores[hint] += WORTH_OF_HINT
    if not clear and hint not in SUPPORTED:
        return Told(None, SUPPORTED if len(found) <= FEW_WORDS else (), clear)
    most = max(scores.values())
    leading = [language for language, score in scores.items() if score * LEAST_LEAD >= most or score > most - WHOLE]
    possible = tuple(language for language in SUPPORTED if language in leading)
    return Told(possible[0] if len(leading) == 1 and possible else None, possible, clear)


def _scores(found: Sequence[Word]) -> tuple[Counter[str], Counter[str]]:
    """How much speaks for each language, and how many small words of it there are."""
    scores: Counter[str] = Counter()
    small: Counter[str] = Counter()
    listed, letters = _words(), _letters()
    counted = Counter([word.plain for word in found])
    for plain in counted.keys() & listed.keys():
        for language in listed[plain]:
            small[language] += counted[plain]
        _add(scores, listed[plain], counted[plain])
    for plain, times in counted.items():
        for letter in () if plain.isascii() else plain:
            _add(scores, letters.get(letter, ()), times)
    return scores, small


def _add(scores: Counter[str], languages: Sequence[str], times: int) -> None:
    for language in languages:
        percent = 100 if language in SUPPORTED else SHARE_OF_OTHERS
        scores[language] += times * WHOLE // 100 // len(languages) * percent


@cache
def small_words(language: str) -> frozenset[str]:
    """The small words of a language, each also as it is written without accents."""
    listed = [lowered(word) for word in _listed()[language].split()]
    return frozenset([*listed, *map(without_accents, listed)])


@cache
def _listed() -> Mapping[str, str]:
    return MappingProxyType(table("languages"))


@cache
def _words() -> Mapping[str, Sequence[str]]:
    return _languages_of({language: small_words(language) for language in _listed()})


@cache
def _letters() -> Mapping[str, Sequence[str]]:
    return _languages_of(_LETTERS)


def _languages_of(signs: Mapping[str, Iterable[str]]) -> Mapping[str, Sequence[str]]:
    having: dict[str, list[str]] = {}
    for language, listed in signs.items():
        for sign in listed:
            having.setdefault(sign, []).append(language)
    return having
