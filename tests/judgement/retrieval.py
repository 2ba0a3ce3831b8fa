"""Texts on the same theme in other languages: how many of the five that a ranking puts first are.

The texts are what people put into a title: the labelled titles, and the first sentences of the longer texts. A text is
asked for with all those in other languages, of both halves; it is right to find one that shares a theme. Where a
ranking knows no difference, as between texts of which the lexicon knows nothing, each order counts alike.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from math import sqrt
from random import Random
from statistics import fmean
from typing import Literal
from uuid import UUID

from services.matching.engine.similarity.codes import unpacked
from services.matching.engine.similarity.model import embed
from services.matching.engine.similarity.titles import Kind, Title, Titles
from services.matching.engine.text.suggest import suggest
from tests.judgement.labelled import Half, Labelled, labelled
from tests.judgement.measures import KINDS

FIRST = 5
HALVES: tuple[Half, ...] = ("tuning", "heldout")
LONGEST_TITLE = 100
WEIGHTS = (0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0)

Group = Literal["titles", "first sentences"]
GROUPS: tuple[Group, ...] = ("titles", "first sentences")
Likeness = Callable[[int, int], float]


@dataclass(frozen=True)
class Corpus:
    """Labelled texts by number, those of the tuning half first."""

    cases: tuple[Labelled, ...]
    texts: tuple[str, ...]
    tuning: int

    def asked(self, half: Half) -> range:
        """The numbers of the texts of one half."""
        return range(self.tuning) if half == "tuning" else range(self.tuning, len(self.cases))

    def others(self, asked: int) -> list[int]:
        """The texts in other languages."""
        return [at for at, case in enumerate(self.cases) if case.language != self.cases[asked].language]

    def is_right(self, asked: int, found: int) -> bool:
        """Whether both speak of the same theme."""
        return bool(self.cases[asked].labels("themes") & self.cases[found].labels("themes"))

    @cached_property
    def titles(self) -> Titles:
        """The texts as matching keeps titles."""
        kept = Titles()
        for at, (case, vector) in enumerate(zip(self.cases, embed(self.texts), strict=True)):
            kept.put(_title(at), case.language, unpacked(vector))
        return kept

    @cached_property
    def nearest(self) -> list[dict[int, float]]:
        """For each text the similarity of each other."""
        return [
            {near.id.int: near.similarity for near in self.titles.nearest(_title(at), len(self.cases), Kind.OFFER)}
            for at in range(len(self.cases))
        ]

    @cached_property
    def _said(self) -> list[dict[str, float]]:
        return [_codes_of(text, case.language) for text, case in zip(self.texts, self.cases, strict=True)]

    def by_lexicon(self, one: int, other: int) -> float:
        """The cosine of the confidences of the codes that are suggested for both, 0 where none is."""
        said, also = self._said[one], self._said[other]
        return round(sum(sure * also[code] for code, sure in said.items() if code in also), 9)

    def by_embedding(self, one: int, other: int) -> float:
        """What matching shows."""
        return self.nearest[one][other]

    def by_both(self, weight: float) -> Likeness:
        """The sum, the embedding counting so much."""
        return lambda one, other: self.by_lexicon(one, other) + weight * self.by_embedding(one, other)

    def precision(self, likeness: Likeness, asked: Sequence[int]) -> float:
        """The share of the first five that are right, the mean over those texts for which anything can be."""
        return fmean(self.right_among_first(likeness, one) / FIRST for one in self.answerable(asked))

    def best_possible(self, asked: Sequence[int]) -> float:
        """What a ranking by the labels themselves would reach: there may be fewer than five to find."""
        return self.precision(lambda one, other: float(self.is_right(one, other)), asked)

    def by_chance(self, asked: Sequence[int]) -> float:
        """What a ranking that knows nothing would reach."""
        return self.precision(lambda _one, _other: 0.0, asked)

    def answerable(self, asked: Sequence[int]) -> list[int]:
        """Those texts that share a theme with one in another language."""
        return [one for one in asked if any(self.is_right(one, other) for other in self.others(one))]

    def ranked(self, likeness: Likeness, asked: int) -> list[int]:
        """The texts in other languages, the most alike first."""
        return sorted(self.others(asked), key=lambda other: -likeness(asked, other))

    def right_among_first(self, likeness: Likeness, asked: int) -> float:
        """How many of the first five are right."""
        ranked = self.ranked(likeness, asked)
        right, room = 0.0, FIRST
        for _, equal in groupby(ranked, key=lambda other: likeness(asked, other)):
            group = list(equal)
            right += min(1.0, room / len(group)) * sum(self.is_right(asked, other) for other in group)
            room -= min(room, len(group))
        return right

    def own_language(self, nearest: int = 10) -> tuple[float, float]:
        """The share of a text's nearest that are in its own language, and that share by chance."""
        languages = [case.language for case in self.cases]
        shares = [
            fmean(languages[to] == languages[at] for to in list(near)[:nearest]) for at, near in enumerate(self.nearest)
        ]
        chances = [(languages.count(one) - 1) / (len(languages) - 1) for one in languages]
        return fmean(shares), fmean(chances)

    def sample(self, per_language: int, seed: int) -> "Corpus":
        """A few of the tuning texts, as many in each language: a programme that begins."""
        random, chosen = Random(seed), list[int]()
        for language in sorted({case.language for case in self.cases}):
            of_language = [at for at in self.asked("tuning") if self.cases[at].language == language]
            chosen += random.sample(of_language, per_language)
        return Corpus(
            tuple(self.cases[at] for at in chosen), tuple(self.texts[at] for at in chosen), tuning=len(chosen)
        )


def corpus(group: Group) -> Corpus:
    """The texts of one group, of both halves."""
    halves = [[(case, text) for case in labelled(half) for text in _begins(case, group)] for half in HALVES]
    cases, texts = zip(*(each for half in halves for each in half), strict=True)
    return Corpus(cases, texts, tuning=len(halves[0]))


def best_weight(texts: Corpus) -> float:
    """How much the embedding has to count beside the lexicon, by the tuning half."""
    asked = texts.asked("tuning")
    return max(WEIGHTS, key=lambda weight: texts.precision(texts.by_both(weight), asked))


def _begins(case: Labelled, group: Group) -> Iterator[str]:
    if (case.style == "title") == (group == "titles") and case.style != "indirect":
        yield case.text if case.style == "title" else case.text.split(". ")[0][:LONGEST_TITLE]


def _title(number: int) -> Title:
    return Title(Kind.OFFER, UUID(int=number))


def _codes_of(text: str, language: str) -> dict[str, float]:
    """The codes that the lexicon suggests with their confidence, as a vector of length 1."""
    found = suggest(text, language)
    said = {f"{kind} {one.code}": one.confidence for kind in KINDS for one in getattr(found, kind)}
    length = sqrt(sum(sure * sure for sure in said.values()))
    return {code: sure / length for code, sure in said.items()}
