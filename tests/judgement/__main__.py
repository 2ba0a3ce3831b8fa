"""Judges the suggestions on the labelled texts: `python -m tests.judgement [--half tuning] [--errors] [--fit]`."""

import argparse
import sys
from collections.abc import Sequence

from services.matching.engine.text.scoring import Kind
from services.matching.engine.text.suggest import suggest
from tests.judgement.fitting import fit
from tests.judgement.labelled import LANGUAGES, STYLES, Labelled, demonstrated, labelled
from tests.judgement.measures import KINDS, Judged, brier, judged, measure, reliability

EDGES = (0.0, 0.6, 0.8)


def main(arguments: Sequence[str] | None = None) -> None:
    """Report on one half; `--fit` prints the coefficients that the tuning half gives."""
    parser = argparse.ArgumentParser(prog="python -m tests.judgement", description="Judges suggestions from texts.")
    parser.add_argument("--half", choices=("tuning", "heldout"), default="heldout")
    parser.add_argument("--errors", action="store_true", help="also every text with a wrong or missed code")
    parser.add_argument("--fit", action="store_true", help="only the coefficients of the confidence")
    options = parser.parse_args(arguments)
    if options.fit:
        for kind in ("themes", "sdgs", "dac"):
            coefficients = fit(labelled("tuning"), kind)
            _say(f'"{kind}": ({", ".join(f"{each:.2f}" for each in coefficients)}),')
        return
    cases = labelled(options.half)
    _say(f"{len(cases)} texts of the {options.half} half; precision, recall and hit among at most 3 suggestions")
    for kind in KINDS:
        _report(kind, judged(cases, kind), errors=options.errors)
        _report_demo(kind)
    _languages(cases)


def _report(kind: str, found: Sequence[Judged], *, errors: bool) -> None:
    for group in (*LANGUAGES, *STYLES, "all"):
        part = measure([one for one in found if group in {one.case.language, one.case.style, "all"}])
        _say(
            f"{kind:7}{group:9} {part.texts:3} texts  "
            f"precision {part.precision:.2f}  recall {part.recall:.2f}  hit {part.hit:.2f}"
        )
    score, mean = brier(found)
    _say(f"{kind:7}Brier {score:.3f}, of always the mean {mean:.3f}")
    for low, said, was, number in reliability(found, EDGES):
        _say(f"{kind:7}confidence from {low:.1f}: said {said:.2f}, right {was:.2f}, {number} suggestions")
    for one in found if errors else ():
        if one.wrong or one.missed:
            _say(
                f"  {one.case.language} {one.case.style} wrong {' '.join(one.wrong) or '-'} "
                f"missed {' '.join(one.missed) or '-'}: {one.case.text[:110]!r}"
            )


def _report_demo(kind: Kind) -> None:
    found = [one for one in judged(demonstrated(), kind) if one.case.labels(kind)]
    part = measure(found)
    _say(
        f"{kind:7}demo cases {part.texts} texts  "
        f"precision {part.precision:.2f}  recall {part.recall:.2f}  hit {part.hit:.2f}"
    )


def _languages(cases: Sequence[Labelled]) -> None:
    wrong = [case for case in cases if suggest(case.text).language != case.language]
    _say(f"language: {len(cases) - len(wrong)} of {len(cases)} told")
    for case in wrong:
        _say(f"  {case.language} taken for {suggest(case.text).language}: {case.text[:80]!r}")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
