"""What every vocabulary is made of: labels in three languages, a table of terms, and the error for an unknown one."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Generic, Protocol, TypeVar

INTERFACE_LANGUAGES = ("es", "en", "fr")


class UnknownTerm(ValueError):
    """A code that the vocabulary does not have. `suggestion` is the nearest one that it has, where anything is near."""

    def __init__(self, code: str | int, vocabulary: str, suggestion: str | None = None) -> None:
        hint = f", did you mean {suggestion!r}?" if suggestion is not None else ""
        super().__init__(f"{code!r} is not in the vocabulary of {vocabulary}{hint}")
        self.code = code
        self.vocabulary = vocabulary
        self.suggestion = suggestion


@dataclass(frozen=True, slots=True)
class Labels:
    """The name of a term in each interface language."""

    es: str
    en: str
    fr: str

    def in_language(self, language: str) -> str:
        """The label in an interface language (`es`, `en`, `fr`); raises UnknownTerm for any other."""
        return {"es": self.es, "en": self.en, "fr": self.fr}[require_interface_language(language)]


def require_interface_language(language: str) -> str:
    """The language itself if the pages are in it; raises UnknownTerm otherwise."""
    if language not in INTERFACE_LANGUAGES:
        raise UnknownTerm(language, "interface languages")
    return language


class Coded(Protocol):
    """A term: it has a code and labels."""

    @property
    def code(self) -> str: ...
    @property
    def labels(self) -> Labels: ...


Term = TypeVar("Term", bound=Coded)


class Table(Generic[Term]):
    """The terms of one vocabulary in their order of display. It never changes after it was made."""

    def __init__(self, vocabulary: str, terms: Iterable[Term]) -> None:
        self._vocabulary = vocabulary
        self._terms: dict[str, Term] = {}
        for term in terms:
            if term.code in self._terms:
                raise ValueError(f"{term.code!r} stands twice in the vocabulary of {vocabulary}")
            self._terms[term.code] = term

    def find(self, code: str) -> Term:
        """The term of this code; raises UnknownTerm, whose suggestion may come from a label in any language."""
        if code not in self._terms:
            labels = {label: term.code for term in self for label in (term.labels.es, term.labels.en, term.labels.fr)}
            raise UnknownTerm(code, self._vocabulary, nearest(code, labels | {known: known for known in self._terms}))
        return self._terms[code]

    def __contains__(self, code: object) -> bool:
        return code in self._terms

    def __iter__(self) -> Iterator[Term]:
        return iter(self._terms.values())

    def __len__(self) -> int:
        return len(self._terms)


def nearest(wanted: str, known: Mapping[str, str]) -> str | None:
    """The value of the key that looks most like `wanted`, whatever its accents and case; None if none does."""
    plain_keys = {folded(key): value for key, value in known.items()}
    close = get_close_matches(folded(wanted), plain_keys, n=1, cutoff=0.6)
    return plain_keys[close[0]] if close else None


def folded(text: str) -> str:
    """The text for comparing: lower case, without accents, words of letters and digits with one space between."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = (char if char.isalnum() else " " for char in decomposed if not unicodedata.combining(char))
    return " ".join("".join(letters).split())
