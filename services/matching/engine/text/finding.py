"""The terms of a lexicon in a text: where each stands and what it is a term of."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from services.matching.engine.text.lexicon import Branch, Lexicon
from services.matching.engine.text.words import Word, stemmer, without_accents

# So many small words may stand between two words of a term.
MOST_BETWEEN = 3
SHORTEST_COMPOUND = 7
SHORTEST_REST = 2


class Found(NamedTuple):
    """A term at its place. `last` is which word of the text it ends with, from 1.

    `key` is the same for all forms of a term; `topics` have its weight for each.
    """

    start: int
    end: int
    last: int
    key: tuple[str, ...]
    topics: Mapping[str, float]


def terms_in(found: Sequence[Word], lexicon: Lexicon) -> Iterator[Found]:
    """The terms, the longest from each word on, none within another.

    A Dutch word that is no term itself is one of the parts that it begins or ends with.
    """
    stem = stemmer(lexicon.language)
    stems = [stem(word.plain) for word in found]
    figures, terms, parts = lexicon.nothing.then, lexicon.terms.then, lexicon.parts
    passed = 0
    for at, first in enumerate(stems):
        if at < passed:
            continue
        word = found[at]
        if first in figures or first in terms:
            end, topics = _longest(found, stems, at, lexicon)
            if topics:
                yield Found(word.start, found[end - 1].end, end, tuple(stems[at:end]), topics)
            passed = end
        elif parts and len(word.plain) >= SHORTEST_COMPOUND:
            yield from _compound(word, at + 1, parts)


def _longest(found: Sequence[Word], stems: Sequence[str], at: int, lexicon: Lexicon) -> tuple[int, Mapping[str, float]]:
    """Where the longest term from here ends, and its topics; a figure of speech that is not shorter has none."""
    figure, _ = _walk(lexicon.nothing, found, stems, at, frozenset())
    end, topics = _walk(lexicon.terms, found, stems, at, lexicon.small)
    if found[at].plain in lexicon.small and end == at + 1:
        return figure, {}  # a small word that has the stem of a term is none
    return (figure, {}) if figure >= end else (end, topics)


def _walk(
    branch: Branch, found: Sequence[Word], stems: Sequence[str], at: int, small: frozenset[str]
) -> tuple[int, Mapping[str, float]]:
    end, topics, between = at, {}, 0
    for place in range(at, len(found)):
        if place > at and found[place].begins:
            break
        following = branch.then.get(stems[place])
        if following is None:
            between += 1
            if found[place].plain in small and place > at and between <= MOST_BETWEEN:
                continue
            break
        branch, between = following, 0
        if branch.topics:
            end, topics = place + 1, branch.topics
    return end, topics


def _compound(word: Word, last: int, parts: Mapping[str, Mapping[str, float]]) -> Iterator[Found]:
    plain = without_accents(word.plain)
    for length in range(len(plain) - SHORTEST_REST, SHORTEST_REST, -1):
        for part in (plain[:length], plain[-length:]):
            if part in parts:
                yield Found(word.start, word.end, last, (part,), parts[part])
                return
