"""What of an offer would raise its score, and by how much: codes such as `theme:waste` or `language:fr:C1` in words."""

from collections.abc import Callable, Mapping

from shared.events.matching import Raise
from shared.primitives.terms import Level
from shared.wording.codes import counted, decimal, letters, whole
from shared.wording.speech import Speech, sentence

LEAST_SHOWN = 0.1


def raised(speech: Speech, gain: Raise) -> str:
    """A change of an offer with the points that it would bring, in a sentence."""
    points = _points(speech, gain.points)
    return sentence(speech.say("%(change)s: %(points)s.", change=_change(speech, gain.code), points=points))


def _change(speech: Speech, code: str) -> str:
    kind, _colon, value = code.partition(":")
    say = _KINDS.get(kind)
    return (say(speech, value) if say and value else None) or letters(value or code)


def _points(speech: Speech, points: float) -> str:
    if points < LEAST_SHOWN / 2:
        return speech.say("less than %(points)s points more", points=speech.number(LEAST_SHOWN))
    return speech.say_many("%(number)s point more", "%(number)s points more", points)


def _theme(speech: Speech, value: str) -> str:
    return speech.say("if the offer also covered the theme “%(theme)s”", theme=speech.theme(value))


def _purpose(speech: Speech, value: str) -> str:
    return speech.say("if the offer also covered the purpose “%(purpose)s”", purpose=speech.purpose(value))


def _goal(speech: Speech, value: str) -> str | None:
    number = whole(value)
    return (
        None if number is None else speech.say("if the offer also served the goal “%(goal)s”", goal=speech.goal(number))
    )


def _language(speech: Speech, value: str) -> str | None:
    language, _colon, level = value.partition(":")
    if level not in set(Level):
        return None
    return speech.say(
        "if the expert spoke %(language)s at level %(level)s", language=speech.tongue(language), level=level
    )


def _years(speech: Speech, value: str) -> str | None:
    return counted(
        value,
        lambda years: speech.say_many(
            "if the expert had %(number)s year in the role", "if the expert had %(number)s years in the role", years
        ),
    )


def _days(speech: Speech, value: str) -> str | None:
    return counted(
        value,
        lambda days: speech.say_many(
            "if the expert were free on the %(number)s day that is wanted",
            "if the expert were free on all of the %(number)s days that are wanted",
            days,
        ),
    )


def _rating(speech: Speech, value: str) -> str | None:
    rating = decimal(value)
    if rating is None:
        return None
    return speech.say("if one more exchange were rated %(value)s of 5", value=speech.number(rating))


def _agreed(speech: Speech, value: str) -> str | None:
    return counted(
        value,
        lambda times: speech.say_many(
            "if the peer agreed to %(number)s more proposal", "if the peer agreed to %(number)s more proposals", times
        ),
    )


_KINDS: Mapping[str, Callable[[Speech, str], str | None]] = {
    "theme": _theme,
    "dac": _purpose,
    "sdg": _goal,
    "language": _language,
    "years": _years,
    "days": _days,
    "rating": _rating,
    "accepted": _agreed,
}
