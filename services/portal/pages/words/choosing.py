"""Suggestions and choices in words: how sure, what came of asking, what is wrong and how to mend it."""

from collections.abc import Mapping
from enum import StrEnum

from services.portal.pages.words.states import Tone
from services.portal.rules.choice import MOST, Choice
from services.portal.rules.need import (
    LANGUAGES_READ,
    MOST_CHARACTERS,
    MOST_TITLE,
    MOST_WORDS,
    Fault,
    Need,
)
from services.portal.rules.topics import Kind
from shared.wording.speech import Speech, sentence
from shared.wording.tongue import mark as _


class Outcome(StrEnum):
    """What came of asking for suggestions; by hand: nobody asked."""

    FOUND = "found"
    NOTHING = "nothing"
    NO_LANGUAGE = "no-language"
    SHORT = "short"
    AWAY = "away"
    BUSY = "busy"
    BY_HAND = "by-hand"

    @property
    def is_for_later(self) -> bool:
        """Whether asking again in a moment may bring more."""
        return self in {Outcome.AWAY, Outcome.BUSY}


# From this confidence on. It is the share of such suggestions with which a reader is expected to agree.
_SURE: tuple[tuple[float, str, Tone], ...] = (
    (0.8, _("Very likely"), Tone.WELL),
    (0.6, _("Likely"), Tone.WORKING),
    (0.0, _("Possible"), Tone.WAITING),
)

_OUTCOMES: Mapping[Outcome, str] = {
    Outcome.FOUND: _("These are suggestions, and you decide. Untick what does not fit, and add what is missing."),
    Outcome.NOTHING: _(
        "We found no theme in your text. Choose below what fits, or describe the problem in other words and ask again."
    ),
    Outcome.NO_LANGUAGE: _(
        "We could not read your text. CONNECT reads %(languages)s. Choose the language of your text above and ask "
        "again, or choose below what fits."
    ),
    Outcome.SHORT: _(
        "There are too few words to find themes. Write two or three sentences about the problem and ask again, or "
        "choose below what fits."
    ),
    Outcome.AWAY: _(
        "Suggestions are not available at this moment. Your text is still here. Try again in a minute, or choose below "
        "what fits."
    ),
    Outcome.BUSY: _(
        "Many people are asking at this moment. Your text is still here. Try again in a moment, or choose below what "
        "fits."
    ),
    Outcome.BY_HAND: _("Choose what fits your need. You can leave out what you do not know."),
}

_NAMES: Mapping[Kind, str] = {
    Kind.THEME: _("Themes"),
    Kind.GOAL: _("Sustainable Development Goals"),
    Kind.PURPOSE: _("Purpose codes of donors"),
}

_MEANINGS: Mapping[Kind, str] = {
    Kind.THEME: _("Up to 3. By its themes CONNECT finds the peers who know most about your need."),
    Kind.GOAL: _("Up to 3. The goals of the United Nations (SDGs) that your need serves."),
    Kind.PURPOSE: _("Up to 3. By these codes (OECD-DAC) donors count what their money is for."),
}

_ADD: Mapping[Kind, str] = {
    Kind.THEME: _("Add a theme"),
    Kind.GOAL: _("Add a goal"),
    Kind.PURPOSE: _("Add a code"),
}

_NONE_SUGGESTED: Mapping[Kind, str] = {
    Kind.THEME: _("No theme is suggested."),
    Kind.GOAL: _("No goal is suggested."),
    Kind.PURPOSE: _("No code is suggested."),
}

_MANY_CHOSEN: Mapping[Kind, str] = {
    Kind.THEME: _("You have chosen %(number)s themes. Untick some, so that there are %(most)s at most."),
    Kind.GOAL: _("You have chosen %(number)s goals. Untick some, so that there are %(most)s at most."),
    Kind.PURPOSE: _("You have chosen %(number)s codes. Untick some, so that there are %(most)s at most."),
}

_NOT_IN_THE_LIST: Mapping[Kind, str] = {
    Kind.THEME: _("One of your themes is not in our list and was left out. Check your choice."),
    Kind.GOAL: _("One of your goals is not in our list and was left out. Check your choice."),
    Kind.PURPOSE: _("One of your codes is not in our list and was left out. Check your choice."),
}


def how_sure(speech: Speech, confidence: float) -> tuple[str, Tone]:
    """A confidence in words, and their tone."""
    words, tone = next((words, tone) for least, words, tone in _SURE if confidence >= least)
    return speech.say(words), tone


def outcome_text(speech: Speech, outcome: Outcome) -> str:
    """What came of asking, and what can be done now."""
    languages = speech.listing([speech.tongue(code) for code in LANGUAGES_READ])
    return speech.say(_OUTCOMES[outcome], languages=languages)


def read_as(speech: Speech, language: str) -> str:
    """In which language a text was read."""
    return speech.say("We read your text as %(language)s.", language=speech.tongue(language))


def kind_name(speech: Speech, kind: Kind) -> str:
    """The name of a vocabulary."""
    return speech.say(_NAMES[kind])


def kind_meaning(speech: Speech, kind: Kind) -> str:
    """How many of it, and what for."""
    return speech.say(_MEANINGS[kind])


def add_one(speech: Speech, kind: Kind) -> str:
    """The name of the list from which one more is added."""
    return speech.say(_ADD[kind])


def none_suggested(speech: Speech, kind: Kind) -> str:
    """That nothing of this kind is suggested, while others are."""
    return speech.say(_NONE_SUGGESTED[kind])


def term(speech: Speech, kind: Kind, code: str) -> str:
    """The name of a code, with the number by which people know it."""
    if kind is Kind.PURPOSE:
        return f"{code} {speech.purpose(code)}"
    return speech.goal(int(code)) if kind is Kind.GOAL else speech.theme(code)


def code_and_name(speech: Speech, kind: Kind, code: str) -> tuple[str, str]:
    """A code as one tells it to others, and its name."""
    if kind is Kind.PURPOSE:
        return speech.say("DAC %(code)s", code=code), speech.purpose(code)
    if kind is Kind.GOAL:
        return speech.say("SDG %(number)s", number=code), speech.goal(int(code)).partition(" ")[2]
    return code, speech.theme(code)


def language_name(speech: Speech, code: str) -> str:
    """A language in a list."""
    return sentence(speech.tongue(code))


def need_fault(speech: Speech, fault: Fault, need: Need) -> str:
    """What is wrong with a text, and how to mend it."""
    say, number = speech.say, speech.number
    match fault:
        case Fault.LONG_TITLE:
            long, most = say("The title has %(number)s characters.", number=number(len(need.title))), MOST_TITLE
        case Fault.MANY_WORDS:
            long, most = say("The challenge has %(number)s words.", number=number(need.words)), MOST_WORDS
        case Fault.MANY_CHARACTERS:
            characters = number(len(need.challenge))
            long, most = say("The challenge has %(number)s characters.", number=characters), MOST_CHARACTERS
        case Fault.UNKNOWN_LANGUAGE:
            return say("Choose a language from the list.")
        case _:
            return say("Write a title or describe the challenge, so that there is something to read.")
    shorten = say("Shorten it to %(most)s at most.", most=number(most))
    return f"{long} {shorten}"


def choice_fault(speech: Speech, fault: Fault, made: Choice) -> str:
    """What is wrong with a choice, and how to mend it."""
    if fault is Fault.MANY_CHOSEN:
        facts = {"number": speech.number(len(made.ticked)), "most": speech.number(MOST)}
        return speech.say(_MANY_CHOSEN[made.kind], **facts)
    if fault is Fault.NOT_IN_THE_LIST:
        return speech.say(_NOT_IN_THE_LIST[made.kind])
    return speech.say("Choose at least one theme, goal or code.")


def too_large(speech: Speech) -> str:
    """That a form was not read."""
    return speech.say(
        "Your text is far too long to be read: there is room for %(most)s words. Go back with your browser: your text "
        "is still there.",
        most=speech.number(MOST_WORDS),
    )
