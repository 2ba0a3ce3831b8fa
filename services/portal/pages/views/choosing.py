"""The help that finds themes: what it suggests, with reasons, for its reader to overrule. Any form can include it.

`templates/parts/choosing.html` lays it out; the fields that it sends are named after `Kind`, with `_more` for what is
added from a list and `_seen` for what was suggested before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.portal.pages.words import choosing as words
from services.portal.pages.words.choosing import Outcome
from services.portal.rules.choice import Choice, Option, Suggestions, free_places, options
from services.portal.rules.need import Fault, Need
from services.portal.rules.topics import CODES, Kind
from shared.vocabulary.lookup import folded
from shared.wording.speech import Speech

MOST_PHRASES = 4


@dataclass(frozen=True, slots=True)
class Tick:
    """One box: ticked or not, and what speaks for it. `sure` is empty where nobody suggests it."""

    key: str
    code: str
    name: str
    ticked: bool
    sure: str
    tone: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The boxes of one kind and `lists` from which more can be added, each by its key."""

    name: str
    meaning: str
    field: str
    ticks: tuple[Tick, ...]
    seen: tuple[str, ...]
    lists: tuple[str, ...]
    add: str
    more: tuple[tuple[str, str], ...]
    none: str
    fault: str

    @property
    def key(self) -> str:
        """Where a link to the group leads: its first control."""
        return self.ticks[0].key if self.ticks else self.lists[0]


@dataclass(frozen=True, slots=True)
class Chooser:
    """The whole help. `lang` is the language of the words that led to the suggestions, if it is known."""

    outcome: str
    note: str
    attention: bool
    lang: str | None
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Taken:
    """What was chosen of one kind, as codes with their names."""

    name: str
    terms: tuple[tuple[str, str], ...]


def outcome_of(need: Need, found: Suggestions) -> Outcome:
    """What came of asking. Of several reasons why nothing was found, the one that the writer can mend."""
    if found:
        return Outcome.FOUND
    if need.is_short:
        return Outcome.SHORT
    return Outcome.NOTHING if found.language else Outcome.NO_LANGUAGE


def chooser(
    spoken: Speech,
    choices: Mapping[Kind, Choice],
    outcome: Outcome,
    found: Suggestions | None = None,
    faults: Mapping[Kind, Fault] | None = None,
) -> Chooser:
    """The help in words."""
    groups = (_group(spoken, choices[kind], found, (faults or {}).get(kind)) for kind in Kind)
    return Chooser(
        outcome=outcome.value,
        note=" ".join(filter(None, (words.outcome_text(spoken, outcome), _read_as(spoken, found)))),
        attention=outcome.is_for_later,
        lang=found.language if found else None,
        groups=tuple(groups),
    )


def _read_as(spoken: Speech, found: Suggestions | None) -> str:
    return words.read_as(spoken, found.language) if found and found.language else ""


def _group(spoken: Speech, made: Choice, found: Suggestions | None, fault: Fault | None) -> Group:
    kind = made.kind
    listed = tuple(options(made, found.of.get(kind, ()) if found else ()))
    return Group(
        name=words.kind_name(spoken, kind),
        meaning=words.kind_meaning(spoken, kind),
        field=kind.value,
        ticks=tuple(_tick(spoken, kind, option) for option in listed),
        seen=made.suggested,
        lists=tuple(f"{kind}-more-{place}" for place in range(1, free_places(made) + 1)),
        add=words.add_one(spoken, kind),
        more=_more(spoken, kind, {option.code for option in listed}),
        none=words.none_suggested(spoken, kind) if found and not listed else "",
        fault=words.choice_fault(spoken, fault, made) if fault else "",
    )


def _tick(spoken: Speech, kind: Kind, option: Option) -> Tick:
    sure, tone = words.how_sure(spoken, option.suggestion.confidence) if option.suggestion else ("", "")
    return Tick(
        key=f"{kind}-{option.code}",
        code=option.code,
        name=words.term(spoken, kind, option.code),
        ticked=option.ticked,
        sure=sure,
        tone=tone,
        because=_phrases(option.suggestion.because) if option.suggestion else (),
    )


def _phrases(because: tuple[str, ...]) -> tuple[str, ...]:
    """The weightiest, without those that stand in another: "waste" says nothing more beside "household waste"."""
    first = {folded(phrase): phrase for phrase in reversed(because)}
    inside = {one for one in first for other in first if one != other and f" {one} " in f" {other} "}
    told = [phrase for phrase in because if first[folded(phrase)] == phrase and folded(phrase) not in inside]
    return tuple(told[:MOST_PHRASES])


def _more(spoken: Speech, kind: Kind, listed: set[str]) -> tuple[tuple[str, str], ...]:
    """What else there is. Themes stand in the order of the alphabet, goals and codes in that of their numbers."""
    named = [(code, words.term(spoken, kind, code)) for code in CODES[kind] if code not in listed]
    return tuple(sorted(named, key=lambda each: folded(each[1])) if kind is Kind.THEME else named)


def taken(spoken: Speech, choices: Iterable[Choice]) -> tuple[Taken, ...]:
    """What was chosen, to take along."""
    return tuple(
        Taken(
            name=words.kind_name(spoken, made.kind),
            terms=tuple(words.code_and_name(spoken, made.kind, code) for code in made.ticked),
        )
        for made in choices
        if made.ticked
    )
