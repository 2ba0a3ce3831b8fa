"""Judges the similarity of titles: `python -m tests.judgement.similarity [--errors]`, with the extra `similarity`."""

import argparse
import sys
from collections.abc import Sequence
from statistics import fmean

from tests.judgement.labelled import LANGUAGES
from tests.judgement.retrieval import FIRST, GROUPS, Corpus, best_weight, corpus
from tests.judgement.vectors import embedded, own_language_share

FEW, TURNS = (3, 10), 20
EDGES = (-1.0, 0.2, 0.3, 0.4, 0.5, 0.6)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print own-language shares and the retrieval on the held-out half, by group and language."""
    parser = argparse.ArgumentParser(prog="python -m tests.judgement.similarity", description="Judges similarity.")
    parser.add_argument("--errors", action="store_true", help="also every text for which nothing right was found")
    options = parser.parse_args(arguments)
    for group in GROUPS:
        texts = corpus(group)
        _say(f"{group}: {len(texts.cases)} texts, {len(texts.asked('heldout'))} of them held out")
        _report_languages(texts)
        _report_retrieval(texts)
        _report_bands(texts)
        if options.errors:
            _report_errors(texts)
    _report_beginning(corpus("titles"))


def _report_languages(texts: Corpus) -> None:
    share, chance = own_language_share(embedded(texts.texts), [case.language for case in texts.cases])
    _say(f"  own language among the 10 nearest, as they come {share:.2f}, {share / chance:.2f} times chance")
    share, chance = texts.own_language()
    _say(f"  less the mean of each language {share:.2f}, {share / chance:.2f} times chance")


def _report_retrieval(texts: Corpus) -> None:
    weight = best_weight(texts)
    _say(f"  same theme in other languages among the first {FIRST} (the embedding counts {weight:g} in both)")
    rankings = {
        "lexicon": texts.by_lexicon,
        "embedding": texts.by_embedding,
        "both": texts.by_both(weight),
    }
    for language in (*LANGUAGES, "all"):
        asked = [one for one in texts.asked("heldout") if language in {texts.cases[one].language, "all"}]
        figures = "  ".join(f"{name} {texts.precision(each, asked):.2f}" for name, each in rankings.items())
        number = len(texts.answerable(asked))
        _say(
            f"  {language:4}{number:4} texts  {figures}  by chance {texts.by_chance(asked):.2f}"
            f"  at best {texts.best_possible(asked):.2f}"
        )


def _report_bands(texts: Corpus) -> None:
    """How often a reader agrees with what is shown, by its similarity."""
    shown = [
        (texts.by_embedding(one, other), texts.is_right(one, other))
        for one in texts.answerable(texts.asked("heldout"))
        for other in texts.ranked(texts.by_embedding, one)[:FIRST]
    ]
    for low, high in zip(EDGES, (*EDGES[1:], 1.01), strict=True):
        inside = [right for similarity, right in shown if low <= similarity < high]
        if inside:
            _say(f"  of {len(inside)} shown with a similarity from {low:.1f}: {fmean(inside):.2f} on the same theme")


def _report_errors(texts: Corpus) -> None:
    for one in texts.answerable(texts.asked("heldout")):
        if not texts.right_among_first(texts.by_embedding, one):
            case, near = texts.cases[one], texts.ranked(texts.by_embedding, one)[0]
            _say(
                f"  {case.language} {' '.join(case.themes)}: {texts.texts[one]!r} near {texts.texts[near]!r}"
                f" ({' '.join(texts.cases[near].themes)}, {texts.by_embedding(one, near):.2f})"
            )


def _report_beginning(texts: Corpus) -> None:
    """What a programme with a few titles sees, the mean over samples of the tuning half."""
    for number in FEW:
        found = [texts.sample(number, seed).own_language(nearest=number) for seed in range(TURNS)]
        share, chance = fmean(each[0] for each in found), fmean(each[1] for each in found)
        _say(f"titles, {number} in each language: own language {share / chance:.2f} times chance")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
