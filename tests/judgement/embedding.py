"""What a multilingual embedding adds to the lexicon's suggestions: `python -m tests.judgement.embedding`.

Three rankings of all codes for each held-out text, each a logistic regression that was fitted on the tuning half: on
the lexicon's figures, on the likeness of the embeddings, on both. The likeness of a text to a code is that to the
tuning texts of the code (the best, and the mean of the best five) and that to the terms of its topics in all languages.
"""

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from statistics import fmean

from services.matching.engine.text import scoring
from services.matching.engine.text.files import table
from services.matching.engine.text.lexicon import terms_of
from services.matching.engine.text.suggest import read
from tests.judgement.fitting import Row, logistic
from tests.judgement.labelled import LANGUAGES, STYLES, Labelled, labelled
from tests.judgement.measures import KINDS
from tests.judgement.vectors import Vector, centred, embedded, likeness, means

SURE = 0.4
MAIN = 0.7
MOST_TERMS = 25
NO_FIGURES = (0.0,) * 5


@dataclass(frozen=True, slots=True)
class Placed:
    """A text with its likeness to each other tuning text, and to each topic as the mean over its languages."""

    case: Labelled
    to_tuning: Sequence[tuple[Labelled, float]]
    to_topics: Mapping[str, float]

    def figures(self, kind: scoring.Kind, code: str) -> Row:
        """How alike the text is to what has the code."""
        alike = sorted((each for one, each in self.to_tuning if code in one.labels(kind)), reverse=True)
        about = max(
            self.to_topics[name] for name, counts in table("topics").items() if counts[kind].get(code, 0) >= MAIN
        )
        return (alike[0], fmean(alike[:5]), about) if alike else (0.0, 0.0, about)


def main() -> None:
    """Print each ranking by kind and style of text."""
    tuning, heldout = labelled("tuning"), labelled("heldout")
    cases = [*tuning, *heldout]
    begun = time.process_time()
    raw = [(case.language, vector) for case, vector in zip(cases, embedded([one.text for one in cases]), strict=True)]
    _say(f"{len(raw)} texts embedded, {(time.process_time() - begun) / len(raw) * 1000:.0f} ms of processor time each")
    vectors = centred(raw, means(raw[: len(tuning)]))
    placed = _placed(cases, vectors, len(tuning))
    for kind in KINDS:
        for name, figures in _figures(placed, kind).items():
            _report(kind, name, heldout, _ranked(placed, figures, kind, len(tuning)))


def _placed(cases: Sequence[Labelled], vectors: Sequence[Vector], tuning: int) -> list[Placed]:
    topics = _topics()
    known = list(zip(cases[:tuning], vectors[:tuning], strict=True))
    return [
        Placed(
            case,
            [(one, likeness(vector, other)) for one, other in known if one != case],
            {name: fmean(likeness(vector, other) for other in each) for name, each in topics.items()},
        )
        for case, vector in zip(cases, vectors, strict=True)
    ]


def _topics() -> dict[str, list[Vector]]:
    """The terms of each topic as a vector in each language, less the mean of the topics of that language."""
    names = list(table("topics"))
    raw = [
        (language, vector)
        for language in LANGUAGES
        for vector in embedded(
            [", ".join([term for term, _ in terms_of(table(language)[name])][:MOST_TERMS]) for name in names]
        )
    ]
    vectors = centred(raw, means(raw))
    return {name: vectors[at :: len(names)] for at, name in enumerate(names)}


def _codes(kind: str) -> list[str]:
    return sorted({code for topic in table("topics").values() for code in topic[kind]})


def _figures(placed: Sequence[Placed], kind: scoring.Kind) -> dict[str, list[list[Row]]]:
    """For each ranking, each text and each code: what it goes by."""
    alike = [[one.figures(kind, code) for code in _codes(kind)] for one in placed]
    said = [_of_lexicon(one.case, kind) for one in placed]
    both = [[(*a, *b) for a, b in zip(one, other, strict=True)] for one, other in zip(said, alike, strict=True)]
    return {"lexicon": said, "embedding": alike, "both": both}


def _of_lexicon(case: Labelled, kind: scoring.Kind) -> list[Row]:
    reading = read(case.text)
    found = {one.code: one.figures[1:] for one in scoring.scores(reading.evidence, kind, reading.words)}
    return [(float(code in found), *found.get(code, NO_FIGURES)) for code in _codes(kind)]


def _ranked(
    placed: Sequence[Placed], figures: list[list[Row]], kind: str, tuning: int
) -> list[list[tuple[float, str]]]:
    """For each held-out text its codes with their confidence, the surest first."""
    rows = [(1.0, *row) for each in figures[:tuning] for row in each]
    outcomes = [code in one.case.labels(kind) for one in placed[:tuning] for code in _codes(kind)]
    weights = logistic(rows, outcomes)
    return [
        sorted(
            ((_sure(weights, (1.0, *row)), code) for row, code in zip(each, _codes(kind), strict=True)), reverse=True
        )
        for each in figures[tuning:]
    ]


def _sure(weights: Sequence[float], row: Row) -> float:
    return 1 / (1 + exp(-sum(a * b for a, b in zip(weights, row, strict=True))))


def _report(kind: str, name: str, cases: Sequence[Labelled], ranked: Sequence[list[tuple[float, str]]]) -> None:
    for style in (*STYLES, "all"):
        part = [
            (case.labels(kind), best[:3])
            for case, best in zip(cases, ranked, strict=True)
            if style in {case.style, "all"}
        ]
        sure = [(labels, {code for sure, code in best if sure >= SURE}) for labels, best in part]
        right = sum(len(labels & codes) for labels, codes in sure)
        _say(
            f"{kind:7}{name:10}{style:9} precision {right / max(1, sum(len(codes) for _, codes in sure)):.2f}  "
            f"recall {right / sum(len(labels) for labels, _ in sure):.2f}  a right one among the first three "
            f"{fmean(any(code in labels for _, code in best) for labels, best in part if labels):.2f}"
        )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
