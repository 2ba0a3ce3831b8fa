"""What counts as an answer to a survey, and which answers call for attention at once."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import isfinite

from services.evaluation.rules.instruments import AnswerKind, Instrument
from services.evaluation.rules.surveys import Survey
from shared.events.evaluation import AlertRaised, EvaluationSubmitted, Rating, SurveyKind
from shared.primitives.errors import FieldProblem, Invalid

LONGEST_TEXT = 2000
LOWEST, HIGHEST = 1, 5
ALERT_AT = 2


@dataclass(frozen=True, slots=True)
class Rated:
    """A value from 1 to 5 for one item, as it was sent: not checked yet."""

    item: str
    value: int


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that was sent for one survey. `number` is today's value of the application's baseline."""

    ratings: tuple[Rated, ...]
    texts: Mapping[str, str]
    number: float | None = None


def require_complete(instrument: Instrument, answers: Answers) -> None:
    """Raise `Invalid` with one problem for each item that is missing, unknown, repeated or out of range.

    A missing rating has no place in the list of ratings, so its pointer ends in the name of its item.
    """
    problems = (
        *_rating_problems(instrument, answers.ratings),
        *_text_problems(instrument, answers.texts),
        *_number_problems(instrument, answers.number),
    )
    if problems:
        raise Invalid(
            "answers-incomplete", "Some answers are missing or wrong. Mend them and send all again.", fields=problems
        )


def _rating_problems(instrument: Instrument, ratings: tuple[Rated, ...]) -> Iterator[FieldProblem]:
    asked = instrument.of(AnswerKind.RATING)
    given = Counter(rated.item for rated in ratings)
    for place, rated in enumerate(ratings):
        if rated.item not in asked:
            yield FieldProblem(f"/ratings/{place}/item", "unknown-item", f"Rate only {', '.join(asked)}.")
        elif given[rated.item] > 1:
            yield FieldProblem(f"/ratings/{place}/item", "repeated-item", "Rate each item once.")
        if not LOWEST <= rated.value <= HIGHEST:
            yield FieldProblem(
                f"/ratings/{place}/value", "out-of-range", "Give a whole number from 1 (poor) to 5 (very good)."
            )
    for name, item in asked.items():
        if item.required and name not in given:
            yield FieldProblem(f"/ratings/{name}", "missing", f"Rate this from 1 to 5: {item.asks}")


def _text_problems(instrument: Instrument, texts: Mapping[str, str]) -> Iterator[FieldProblem]:
    asked = instrument.of(AnswerKind.TEXT)
    for name in texts.keys() - asked.keys():
        yield FieldProblem(
            f"/texts/{_escaped(name)}", "unknown-item", "This survey does not ask for such a text. Leave it out."
        )
    for name, item in asked.items():
        text = texts.get(name, "")
        if item.required and not text.strip():
            yield FieldProblem(f"/texts/{name}", "missing", f"Answer in a few words: {item.asks}")
        elif len(text) > LONGEST_TEXT:
            yield FieldProblem(f"/texts/{name}", "too-long", f"Use {LONGEST_TEXT} characters or fewer.")


def _number_problems(instrument: Instrument, number: float | None) -> Iterator[FieldProblem]:
    asked = instrument.of(AnswerKind.NUMBER)
    if number is not None and not asked:
        yield FieldProblem("/baseline", "unknown-item", "This survey does not ask for a number. Leave it out.")
    elif number is not None and not isfinite(number):
        yield FieldProblem("/baseline", "out-of-range", "Give an ordinary number.")
    elif number is None and any(item.required for item in asked.values()):
        yield FieldProblem("/baseline", "missing", "Give the number.")


def _escaped(name: str) -> str:
    """As a part of a JSON pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


def submitted_event(survey: Survey, ratings: Iterable[Rated]) -> EvaluationSubmitted:
    """What is announced of an answer: the ratings, no texts."""
    return EvaluationSubmitted(
        survey_id=survey.survey_id,
        exchange_id=survey.exchange_id,
        application_id=survey.application_id,
        respondent_id=survey.respondent_id,
        kind=survey.kind,
        day=survey.day,
        ratings=tuple(Rating(item=rated.item, value=rated.value) for rated in ratings),
    )


def alerts(survey: Survey, ratings: Iterable[Rated]) -> tuple[AlertRaised, ...]:
    """One for each rating of 2 or lower of a day, while there is time to put it right; none for other surveys."""
    if survey.kind is not SurveyKind.PULSE:
        return ()
    return tuple(
        AlertRaised(
            survey_id=survey.survey_id,
            exchange_id=survey.exchange_id,
            application_id=survey.application_id,
            item=rated.item,
            value=rated.value,
            day=survey.day,
        )
        for rated in ratings
        if rated.value <= ALERT_AT
    )
