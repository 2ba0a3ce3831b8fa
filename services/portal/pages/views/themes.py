"""The page that finds the themes of a need: what was written, what is wrong with it, and the help."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from services.portal.pages.views.choosing import Chooser, Taken, taken
from services.portal.pages.words import choosing as words
from services.portal.rules.choice import Choice
from services.portal.rules.need import LANGUAGES_READ, MOST_TITLE, MOST_WORDS, Fault, Need
from services.portal.rules.topics import Kind
from shared.wording.speech import Speech


class Step(StrEnum):
    """What a button asks for: the form as it is, suggestions, a choice without any, or what was chosen."""

    WRITE = "write"
    SUGGEST = "suggest"
    BY_HAND = "by-hand"
    USE = "use"


@dataclass(frozen=True, slots=True)
class Sent:
    """What the form was sent with. `read_as` is the language in which the text was read the last time."""

    step: Step
    need: Need
    choices: Mapping[Kind, Choice]
    read_as: str = ""

    @property
    def language(self) -> str:
        """The language of the text, as the writer says or as it was read; empty if nobody knows."""
        return next((code for code in (self.need.language, self.read_as) if code in LANGUAGES_READ), "")

    @property
    def was_suggested(self) -> bool:
        """Whether it has been asked for suggestions, and there were some."""
        return any(made.suggested for made in self.choices.values())

    @property
    def was_chosen(self) -> bool:
        """Whether anything is ticked."""
        return any(made.ticked for made in self.choices.values())


EMPTY = Sent(Step.WRITE, Need(), {kind: Choice(kind) for kind in Kind})
_PLACES: Mapping[Fault, str] = {Fault.LONG_TITLE: "title", Fault.UNKNOWN_LANGUAGE: "language"}


@dataclass(frozen=True, slots=True)
class Keeping:
    """A form that goes along when its reader changes the language of the page: the `step` to go on with there.

    `enter` is what the Enter key asks for.
    """

    form: str
    step: str
    enter: str
    path: str


@dataclass(frozen=True, slots=True)
class ThemesView:
    """The page. `problems` lead to the field of each; `faults` say them again beside the field."""

    title: str
    challenge: str
    title_hint: str
    challenge_hint: str
    count: str
    lang: str | None
    read_as: str
    languages: tuple[tuple[str, str, bool], ...]
    problems: tuple[tuple[str, str], ...] = ()
    faults: Mapping[str, str] = field(default_factory=dict)
    chooser: Chooser | None = None
    taken: tuple[Taken, ...] = ()
    choices: tuple[Choice, ...] = ()
    back: str = Step.BY_HAND.value


def themes_view(
    spoken: Speech,
    sent: Sent,
    faults: tuple[Fault, ...] = (),
    chooser: Chooser | None = None,
    *,
    too_large: bool = False,
) -> ThemesView:
    """The page in words. `faults` are those of the text; those of a choice stand in the help."""
    need, say, number = sent.need, spoken.say, spoken.number
    beside = {_PLACES.get(fault, "challenge"): words.need_fault(spoken, fault, need) for fault in faults}
    if too_large:
        beside["challenge"] = words.too_large(spoken)
    in_groups = [(group.key, group.fault) for group in chooser.groups if group.fault] if chooser else []
    return ThemesView(
        title=need.title,
        challenge=need.challenge,
        title_hint=say("At most %(most)s characters.", most=number(MOST_TITLE)),
        challenge_hint=say(
            "What is the problem, and whom does it touch? At most %(most)s words.", most=number(MOST_WORDS)
        ),
        count=say("You wrote %(number)s of %(most)s words.", number=number(need.words), most=number(MOST_WORDS))
        if need.words
        else "",
        lang=sent.language or None,
        read_as=sent.read_as,
        languages=_languages(spoken, need.language),
        problems=(*beside.items(), *in_groups),
        faults=beside,
        chooser=chooser,
        taken=taken(spoken, sent.choices.values()) if sent.step is Step.USE else (),
        choices=tuple(sent.choices.values()),
        back=(Step.SUGGEST if sent.was_suggested else Step.BY_HAND).value,
    )


def _languages(spoken: Speech, chosen: str) -> tuple[tuple[str, str, bool], ...]:
    known = [(code, words.language_name(spoken, code), code == chosen) for code in LANGUAGES_READ]
    return (("", spoken.say("Find out from the text"), chosen not in LANGUAGES_READ), *known)
