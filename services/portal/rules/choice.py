"""What somebody chooses of a vocabulary, with suggestions that they can overrule.

What they have ticked stays ticked, what they have left unticked stays so when it is suggested again, and a new
suggestion comes ticked only while there is room for it: nobody's choice is changed by asking once more.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from services.portal.rules.need import Fault
from services.portal.rules.topics import CODES, Kind

MOST = 3  # of each kind


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A code that a text seems to speak of: how sure that is, 0 to 1, and the words of the text that led to it."""

    code: str
    confidence: float
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What a text seems to speak of; `language` is what it was read in, None if it could not be told."""

    language: str | None
    of: Mapping[Kind, tuple[Suggestion, ...]]

    def __bool__(self) -> bool:
        """Whether anything is suggested."""
        return any(self.of.values())


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen of one kind, and what was `suggested` before. `strange`: something chosen is in no list."""

    kind: Kind
    ticked: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    strange: bool = False

    @property
    def fault(self) -> Fault | None:
        """What is wrong with it."""
        if self.strange:
            return Fault.NOT_IN_THE_LIST
        return Fault.MANY_CHOSEN if len(self.ticked) > MOST else None


@dataclass(frozen=True, slots=True)
class Option:
    """A code to tick or to leave, with the suggestion behind it if there is one."""

    code: str
    ticked: bool
    suggestion: Suggestion | None = None


def choice(kind: Kind, ticked: Iterable[str], suggested: Iterable[str] = ()) -> Choice:
    """The choice of these codes, each once, without those that are in no list."""
    chosen = tuple(dict.fromkeys(ticked))
    return Choice(
        kind=kind,
        ticked=_known(kind, chosen),
        suggested=_known(kind, dict.fromkeys(suggested)),
        strange=any(code not in CODES[kind] for code in chosen),
    )


def _known(kind: Kind, codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(code for code in codes if code in CODES[kind])


def after(made: Choice, found: Sequence[Suggestion], *, tick: bool = True) -> Choice:
    """The choice once these are suggested: new ones are ticked while there is room, unless nothing is to be."""
    codes = _known(made.kind, (each.code for each in found))
    new = [code for code in codes if code not in {*made.ticked, *made.suggested}]
    room = max(0, MOST - len(made.ticked)) if tick else 0
    return Choice(
        kind=made.kind,
        ticked=(*made.ticked, *new[:room]),
        suggested=tuple(dict.fromkeys((*made.suggested, *codes))),
        strange=made.strange,
    )


def options(made: Choice, found: Sequence[Suggestion]) -> Iterator[Option]:
    """What is suggested now, the surest first, then what was chosen besides."""
    listed = {each.code: each for each in found if each.code in CODES[made.kind]}
    for code in dict.fromkeys((*listed, *made.ticked)):
        yield Option(code, code in made.ticked, listed.get(code))


def free_places(made: Choice) -> int:
    """How many more can be added at once. One always: who means to add it may be about to untick another."""
    return max(1, MOST - len(made.ticked))
