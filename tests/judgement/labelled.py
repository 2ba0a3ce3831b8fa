"""The labelled texts: read from the files of `texts`, whose README says how they came about."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FOLDER = Path(__file__).with_name("texts")
JOURNEYS = Path(__file__).parents[2] / "deploy" / "journeys"
LANGUAGES = ("es", "en", "fr", "pt", "nl")

Half = Literal["tuning", "heldout"]
STYLES = ("title", "short", "long", "indirect")


@dataclass(frozen=True, slots=True)
class Labelled:
    """An invented text with what a reader found it to speak of."""

    language: str
    style: str
    text: str
    themes: tuple[str, ...]
    sdgs: tuple[str, ...]
    dac: tuple[str, ...]

    def labels(self, kind: str) -> frozenset[str]:
        """The codes of one kind (`themes`, `sdgs` or `dac`)."""
        chosen: tuple[str, ...] = getattr(self, kind)
        return frozenset(chosen)


def labelled(half: Half) -> list[Labelled]:
    """The texts of one half: only `tuning` may be looked at while the lexicon is written."""
    return [each for language in LANGUAGES for style in STYLES for each in _read(language, style, half)]


def demonstrated() -> list[Labelled]:
    """The needs and offers of the demo cases and checks: stories, written and labelled before the lexicon, by others.

    Whoever wrote them ticked few codes, and often the broader second theme of a case.
    """
    return [each for path in sorted(JOURNEYS.glob("c*/*.toml")) for each in _of_journey(path)]


def _of_journey(path: Path) -> Iterator[Labelled]:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    need = told.get("application", {})
    for part in (need, told.get("offer")):
        if part:
            said = [part.get(name, "") for name in ("title", "challenge", "tried", "result", "failures", "approach")]
            yield Labelled(
                told.get("language", ""),
                "demo",
                "\n".join([*said, *part.get("questions", ())]),
                tuple(part.get("themes", need.get("themes", ()))),
                tuple(map(str, part.get("sdgs", need.get("sdgs", ())))),
                tuple(part.get("dac", need.get("dac", ()))),
            )


def _read(language: str, style: str, half: Half) -> Iterator[Labelled]:
    path = FOLDER / f"{language}.{style}.{half}.txt"
    for block in path.read_text(encoding="utf-8").strip().split("\n\n"):
        labels, _, text = block.partition("\n")
        themes, sdgs, dac = (tuple(part.split()) for part in labels.split("|"))
        yield Labelled(language, style, text, themes, sdgs, dac)
