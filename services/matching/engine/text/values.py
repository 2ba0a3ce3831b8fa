"""What a text is found to speak of."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Code = TypeVar("Code", str, int)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A stretch of the text that led to a suggestion: `text[start:end]`, counted in Unicode code points."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Suggestion(Generic[Code]):
    """One code with the phrases that led to it, the weightiest first.

    `confidence`, 0 to 1, is the estimated share of suggestions like this one with which a person who labelled such
    texts agrees: of ten suggestions at 0.7, seven are expected to be right.
    """

    code: Code
    confidence: float
    because: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Up to three of each kind, the surest first.

    `language` is what the text is believed to be written in, None if that is not known. `read` is how many code points
    of the text were looked at: those after the limit are not.
    """

    language: str | None
    read: int
    themes: tuple[Suggestion[str], ...] = ()
    sdgs: tuple[Suggestion[int], ...] = ()
    dac: tuple[Suggestion[str], ...] = ()
