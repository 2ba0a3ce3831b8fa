"""What a case, a text or a choice is about, in codes of three vocabularies."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from services.portal.rules.parts import Application
from shared.vocabulary.dac import PURPOSES
from shared.vocabulary.sdg import GOALS
from shared.vocabulary.themes import THEMES


class Kind(StrEnum):
    """A vocabulary; its name is that of the field in which codes of it are sent."""

    THEME = "themes"
    GOAL = "sdgs"
    PURPOSE = "dac"


# Every code of each, in the order in which people are shown them.
CODES: Mapping[Kind, tuple[str, ...]] = {
    Kind.THEME: tuple(theme.code for theme in THEMES),
    Kind.GOAL: tuple(str(goal.number) for goal in GOALS),
    Kind.PURPOSE: tuple(purpose.code for purpose in PURPOSES),
}

_PREFIXES: Mapping[Kind, str] = {Kind.THEME: "theme", Kind.GOAL: "sdg", Kind.PURPOSE: "dac"}


def topic(kind: Kind, code: str) -> str:
    """A code with its vocabulary, as the read model has it: "theme:waste"."""
    return f"{_PREFIXES[kind]}:{code}"


def topics_of(application: Application) -> tuple[str, ...]:
    """What an application is about; nothing while it has not arrived."""
    codes: Mapping[Kind, Iterable[object]] = {
        Kind.THEME: application.themes,
        Kind.GOAL: application.sdgs,
        Kind.PURPOSE: application.dac,
    }
    return tuple(topic(kind, str(code)) for kind in Kind for code in codes[kind])
