"""Why an offer was proposed, or was left out: the codes of matching in few words."""

from collections.abc import Callable, Mapping

from shared.primitives.terms import Position
from shared.wording.codes import counted, decimal, letters, whole
from shared.wording.speech import Speech
from shared.wording.tongue import mark as _

_FACTORS: Mapping[str, str] = {
    "knowledge": _("Knowledge"),
    "position": _("Position"),
    "context": _("Context"),
    "language": _("Language"),
    "availability": _("Availability and track record"),
    "acceptance": _("How often this offerer has agreed"),
    "fairness": _("Fairness"),
}

_FILTERS: Mapping[str, str] = {
    "inactive": _("The offer is not open now"),
    "own-organisation": _("The applicant's own offer"),
    "excluded": _("Ruled out by the applicant"),
    "same-country": _("From the same country"),
    "answers-another": _("Made for another request"),
    "earlier-proposal": _("Proposed before, without success"),
    "knowledge": _("Other themes"),
    "mode": _("Another kind of exchange"),
    "language": _("No common language"),
    "window": _("No common days"),
    "capacity": _("No room for another exchange"),
}

_POSITIONS: Mapping[str, str] = {
    Position.MAYOR: _("both are mayors"),
    Position.COUNCILLOR: _("both are councillors"),
    Position.CHIEF_EXECUTIVE: _("both are chief executives"),
    Position.HEAD_OF_DEPARTMENT: _("both are heads of department"),
    Position.POLICY_OFFICER: _("both are policy officers"),
    Position.ENGINEER: _("both are engineers"),
    Position.PLANNER: _("both are planners"),
    Position.FINANCE_OFFICER: _("both are finance officers"),
    Position.COMMUNICATION_OFFICER: _("both are communication officers"),
    Position.SOCIAL_OFFICER: _("both are social officers"),
    Position.OTHER: _("a similar position"),
}

_PLAIN: Mapping[str, str] = {
    "need:unknown": _("the need is not described by themes"),
    "population:unknown": _("size not known"),
    "population-bands-apart:0": _("a place of similar size"),
    "population-bands-apart:1": _("a place of nearly the same size"),
    "income:unknown": _("income of the country not known"),
    "income-groups-apart:0": _("countries of similar income"),
    "income-groups-apart:1": _("countries of nearly the same income"),
    "region:unknown": _("part of the world not known"),
    "preferred": _("asked for by the applicant"),
    "interpretation": _("with interpretation"),
    "rating:none": _("no exchange rated yet"),
}


def factor_name(speech: Speech, factor: str) -> str:
    """What a factor of a score is about."""
    return speech.say(_FACTORS[factor]) if factor in _FACTORS else letters(factor)


def filter_name(speech: Speech, code: str) -> str:
    """Why an offer was left out."""
    return speech.say(_FILTERS[code]) if code in _FILTERS else letters(code)


def reason(speech: Speech, code: str) -> str:
    """What speaks for an offer, or weakens it, from a code such as `theme:waste`, `sdg:6` or `language:fr`."""
    if code in _PLAIN:
        return speech.say(_PLAIN[code])
    kind, _colon, value = code.partition(":")
    say = _KINDS.get(kind)
    said = say(speech, value) if say and value else letters(value or code)
    return value if said is None else said


def _goal(speech: Speech, value: str) -> str:
    number = whole(value)
    return speech.say("Goal %(goal)s", goal=value if number is None else speech.goal(number))


def _years(speech: Speech, value: str) -> str | None:
    return counted(
        value, lambda years: speech.say_many("%(number)s year in the role", "%(number)s years in the role", years)
    )


def _days(speech: Speech, value: str) -> str | None:
    return counted(value, lambda days: speech.say_many("%(number)s common day", "%(number)s common days", days))


def _rating(speech: Speech, value: str) -> str:
    rating = decimal(value)
    return value if rating is None else speech.say("rated %(value)s of 5", value=speech.number(rating))


def _first_timer(speech: Speech, value: str) -> str | None:
    points = decimal(value)
    return (
        None
        if points is None
        else speech.say_many(
            "placed %(number)s point higher, as it takes part for the first time",
            "placed %(number)s points higher, as it takes part for the first time",
            points,
        )
    )


def _south_south(speech: Speech, value: str) -> str | None:
    points = decimal(value)
    return (
        None
        if points is None
        else speech.say_many(
            "placed %(number)s point higher, as both are of the Global South",
            "placed %(number)s points higher, as both are of the Global South",
            points,
        )
    )


def _answers(speech: Speech, value: str) -> str | None:
    return counted(
        value, lambda answers: speech.say_many("%(number)s earlier answer", "%(number)s earlier answers", answers)
    )


def _agreed(speech: Speech, value: str) -> str | None:
    return counted(value, lambda times: speech.say_many("agreed %(number)s time", "agreed %(number)s times", times))


def _answers_for_others(speech: Speech, value: str) -> str | None:
    return counted(
        value,
        lambda answers: speech.say_many(
            "%(number)s earlier answer for other offers of the same organisation",
            "%(number)s earlier answers for other offers of the same organisation",
            answers,
        ),
    )


def _agreed_for_others(speech: Speech, value: str) -> str | None:
    return counted(
        value, lambda times: speech.say_many("agreed to %(number)s of these", "agreed to %(number)s of these", times)
    )


_KINDS: Mapping[str, Callable[[Speech, str], str | None]] = {
    "theme": Speech.theme,
    "sdg": _goal,
    "dac": Speech.purpose,
    "dac-sector": lambda speech, _value: speech.say("a related purpose"),
    "language": Speech.tongue,
    "position": lambda speech, value: speech.say(_POSITIONS.get(value, _POSITIONS[Position.OTHER])),
    "position-family": lambda speech, _value: speech.say("a related position"),
    "years": _years,
    "population-bands-apart": lambda speech, _value: speech.say("a place of another size"),
    "income-groups-apart": lambda speech, _value: speech.say("countries of different income"),
    "region": lambda speech, _value: speech.say("the same part of the world"),
    "subregion": lambda speech, _value: speech.say("the same region of the world"),
    "country": Speech.country,
    "days": _days,
    "rating": _rating,
    "first-timer": _first_timer,
    "south-south": _south_south,
    "answers": _answers,
    "accepted": _agreed,
    "answers-for-others": _answers_for_others,
    "accepted-for-others": _agreed_for_others,
}
