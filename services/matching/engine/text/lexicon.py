"""The lexicon of one language, made ready to be found in a text.

A term is a phrase of stems. The small words of the language don't count in it, so that "gestión del agua" is also found
as "gestión de las aguas"; but where only one word would be left ("sin hogar", "start-up") they do. Terms of the topic
`nothing` are figures of speech that only look like a term ("waste of time"); they keep their small words, and win over
a term that is not longer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from services.matching.engine.text.files import table
from services.matching.engine.text.language import small_words
from services.matching.engine.text.words import stemmer, without_accents, words

NOTHING = "nothing"
WEIGHTS = {"strong": 2.0, "plain": 1.0, "weak": 0.4}
WEIGHT_OF_PART = 1.5


@dataclass(slots=True)
class Branch:
    """A beginning of terms: what can follow it, and the topics that it is a term of, with its weight for each."""

    then: dict[str, "Branch"] = field(default_factory=dict)
    topics: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """One language: `terms` and `nothing` by stems; `parts`, by letters, the words that Dutch joins to longer ones."""

    language: str
    small: frozenset[str]
    terms: Branch
    nothing: Branch
    parts: Mapping[str, Mapping[str, float]]


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of es, en, fr, pt or nl."""
    terms, nothing = Branch(), Branch()
    parts: dict[str, dict[str, float]] = {}
    small = small_words(language)
    for topic, listed in table(language).items():
        for term, weight in terms_of(listed):
            if topic == NOTHING:
                _plant(nothing, _stems(language, term, frozenset()), topic, weight)
            else:
                _plant(terms, _stems(language, term, small), topic, weight)
        for part in _split(listed.get("parts", "")):
            parts.setdefault(without_accents(part), {})[topic] = WEIGHT_OF_PART
    return Lexicon(language, small, terms, nothing, parts)


def terms_of(listed: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """The terms that a file lists for one topic, each with its weight."""
    for strength, weight in WEIGHTS.items():
        for term in _split(listed.get(strength, "")):
            yield term, weight


def _split(listed: str) -> Iterator[str]:
    return (term for raw in listed.split(",") if (term := " ".join(raw.split())))


def _stems(language: str, term: str, dropped: frozenset[str]) -> tuple[tuple[str, ...], ...]:
    """The term as stems; as those who leave the accents out write it; its Dutch plural, whose stem may differ."""
    stem = stemmer(language)
    written = [word.plain for word in words(term)]
    kept = [word for word in written if word not in dropped]
    if len(kept) < 2:
        kept = written
    spellings = [kept, [without_accents(word) for word in kept]]
    if language == "nl" and kept:
        spellings.append([*kept[:-1], kept[-1] + "en"])
    return tuple(dict.fromkeys(tuple(map(stem, spelling)) for spelling in spellings))


def _plant(root: Branch, spellings: tuple[tuple[str, ...], ...], topic: str, weight: float) -> None:
    for stems in spellings:
        if not stems:
            raise ValueError(f"a term of {topic} has no word that counts: {spellings}")
        branch = root
        for stem in stems:
            branch = branch.then.setdefault(stem, Branch())
        branch.topics[topic] = max(weight, branch.topics.get(topic, 0.0))
