"""A text as words: where each stands, and its stem, by which all its forms are the same word."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

import Stemmer

from services.matching.engine.text.files import table

# Letters and digits, with the marks that stand behind their letter (decomposed accents); or what ends a phrase.
_WORD_OR_END = re.compile(r"[^\W_](?:[^\W_]|[\u0300-\u036f])*|[.;:!?()\n\r\x00•|/]")
_ENDS = frozenset(".;:!?()\n\r\x00•|/")
LONGEST_WORD = 45
# Words of each kind that are kept ready: running text seldom has others, and no text can fill the memory.
REMEMBERED = 10_000
_ALGORITHMS = {"es": "spanish", "en": "english", "fr": "french", "pt": "portuguese", "nl": "dutch_porter"}


class Word(NamedTuple):
    """One word of a text: its place, its letters in lower case, and whether a new phrase begins with it."""

    start: int
    end: int
    plain: str
    begins: bool


def words(text: str) -> list[Word]:
    """The words of a text in their order. Words of more than 45 letters are none, whatever they consist of."""
    small = text.lower()
    plain = len(small) == len(text) and unicodedata.is_normalized("NFKC", small)
    found: list[Word] = []
    begins = True
    for match in _WORD_OR_END.finditer(small if plain else text):
        letters = match[0]
        if letters in _ENDS:
            begins = True
        elif len(letters) <= LONGEST_WORD:
            start, end = match.span()
            found.append(Word(start, end, letters if plain else lowered(letters), begins))
            begins = False
    return found


@lru_cache(maxsize=REMEMBERED)
def lowered(word: str) -> str:
    """The word in lower case, its accents composed, ligatures and wide forms as plain letters."""
    return unicodedata.normalize("NFKC", word.lower())


@lru_cache(maxsize=REMEMBERED)
def without_accents(word: str) -> str:
    """The word's letters without any marks."""
    if word.isascii():
        return word
    return "".join(char for char in unicodedata.normalize("NFKD", word) if not unicodedata.combining(char))


@cache
def stemmer(language: str) -> Callable[[str], str]:
    """The stem of a lower-case word in es, en, fr, pt or nl, without accents."""
    algorithm = Stemmer.Stemmer(_ALGORITHMS[language], 0)  # without a memory of its own
    protected = _protected(language)

    @lru_cache(maxsize=REMEMBERED)
    def stem(word: str) -> str:
        if word in protected:
            return protected[word]
        if language == "pt":
            word = _singular(word)
        return without_accents(algorithm.stemWord(word))

    return stem


def _protected(language: str) -> dict[str, str]:
    """Words that are their own stem, and their other forms. The stroke keeps them apart from every other stem."""
    groups = [group.split("/") for group in table("protected")[language].split()]
    stems = {form: f"/{without_accents(group[0])}" for group in groups for form in group}
    return {without_accents(form): stem for form, stem in stems.items()} | stems


def _singular(word: str) -> str:
    """Portuguese plurals in -ões and -ães, which the algorithm leaves apart from their singular in -ão."""
    return word[:-3] + "ão" if word.endswith(("ões", "ães")) else word
