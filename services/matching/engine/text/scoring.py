"""From the terms of a text to codes: how much speaks for each, and how likely a person would agree.

Evidence. A term counts with its weight for each of its topics: half as much again for each further word that it has,
and at the beginning of the text, where people say what it is about; a third of that each time it comes again, up to
three times. A topic counts for its codes as `lexicon/topics.toml` says; a code's score is the sum.

Confidence. A logistic regression of "a person chose this code for this text" on the logarithm of a code's score, its
shares of the highest score and of the sum of its kind, and the logarithms of the numbers of words in the text and of
terms that speak for the code. Its coefficients were fitted on the tuning half of the labelled texts in
`tests/judgement` (`python -m tests.judgement --fit`), of which the other half judges them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, log
from typing import Literal, NamedTuple

from services.matching.engine.text.files import table
from services.matching.engine.text.finding import Found
from services.matching.engine.text.lexicon import WEIGHTS
from services.matching.engine.text.values import Phrase

Kind = Literal["themes", "sdgs", "dac"]
Figures = tuple[float, float, float, float, float, float]

MOST = 3
MOST_PHRASES = 5
LEAST_CONFIDENCE = 0.4
MORE_FOR_A_WORD = 0.5
MORE_AT_THE_BEGINNING = 1.5
WORDS_OF_THE_BEGINNING = 10
FOR_AGAIN = 1 / 3
TIMES_AGAIN = 3
# Keeps the logarithm of a faint score small; the fit was made with it.
FLOOR = 0.1

# Of a constant, then of each of the figures in the order of `Scored.figures`.
COEFFICIENTS: Mapping[Kind, Figures] = {
    "themes": (-3.33, 1.98, 2.49, 1.50, -0.56, 0.70),
    "sdgs": (-2.80, 1.96, 2.03, 2.04, -0.60, 0.49),
    "dac": (-3.83, 1.83, 2.68, 1.55, -0.41, 0.45),
}


@dataclass(frozen=True, slots=True)
class Scored:
    """A code of one kind with its score, the figures that its confidence is reckoned from, and its phrases."""

    code: str
    score: float
    figures: Figures
    because: tuple[Phrase, ...]

    def confidence(self, kind: Kind) -> float:
        """The estimated probability that a person would choose the code, 0 to 1."""
        height = sum(weight * figure for weight, figure in zip(COEFFICIENTS[kind], self.figures, strict=True))
        return 1 / (1 + exp(-height))


class Evidence(NamedTuple):
    """What one occurrence of a term says for one topic."""

    weight: float
    topic: str
    term: Found


def evidence(terms: Iterable[Found]) -> list[Evidence]:
    """What the terms of a text say, in their order."""
    return list(_evidence(terms))


def scores(found: Sequence[Evidence], kind: Kind, words: int) -> list[Scored]:
    """The codes that something speaks for in a text of so many words, the highest score first, then by code."""
    speaking: defaultdict[str, list[tuple[float, Found]]] = defaultdict(list)
    for one in found:
        for code, share in _codes()[one.topic][kind].items():
            speaking[code].append((share * one.weight, one.term))
    totals = {code: sum(weight for weight, _ in each) for code, each in speaking.items()}
    highest, everything = max(totals.values(), default=1.0), sum(totals.values())
    ordered = sorted(totals, key=lambda code: (-totals[code], code))[: MOST + 2]
    return [_scored(code, totals[code], highest, everything, words, speaking[code]) for code in ordered]


def _scored(
    code: str, score: float, highest: float, everything: float, words: int, speaking: Sequence[tuple[float, Found]]
) -> Scored:
    terms = len({term.key for _, term in speaking})
    figures = (1.0, log(score + FLOOR), score / highest, score / everything, log(words), log(1 + terms))
    ordered = sorted(speaking, key=lambda each: (-each[0], each[1].start))
    phrases = dict.fromkeys(Phrase(term.start, term.end) for _, term in ordered)
    return Scored(code, score, figures, tuple(phrases)[:MOST_PHRASES])


def _evidence(terms: Iterable[Found]) -> Iterator[Evidence]:
    seen: Counter[tuple[str, ...]] = Counter()
    for term in terms:
        times = seen[term.key]
        seen[term.key] += 1
        if times > TIMES_AGAIN:
            continue
        more = FOR_AGAIN if times else 1.0
        more *= MORE_AT_THE_BEGINNING if term.last <= WORDS_OF_THE_BEGINNING else 1.0
        for topic, weight in term.topics.items():
            length = 1 + MORE_FOR_A_WORD * (len(term.key) - 1) if weight > WEIGHTS["weak"] else 1.0
            yield Evidence(weight * length * more, topic, term)


@cache
def _codes() -> Mapping[str, Mapping[Kind, Mapping[str, float]]]:
    return table("topics")
