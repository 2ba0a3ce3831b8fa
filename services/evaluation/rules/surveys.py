"""One survey: one organisation is asked once, and answers, is excused, or lets it pass."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.evaluation.rules.exchanges import Exchange
from services.evaluation.rules.states import require_step
from shared.events.evaluation import SurveyKind, SurveyOpened, SurveyWaived
from shared.primitives.errors import Invalid, WrongState
from shared.primitives.ids import NewId
from shared.primitives.terms import Side

# More days than any mode allows, so that a wrong date in an event can't open thousands of surveys.
MOST_DAYS = 62
# The day of an exchange begins up to 14 hours before the same day in UTC.
ZONES = timedelta(days=1)


class SurveyState(StrEnum):
    """`partial` is for surveys whose answers may be left incomplete, `scheduled` for those that open on a later day."""

    SCHEDULED = "scheduled"
    OPEN = "open"
    REMINDED = "reminded"
    SUBMITTED = "submitted"
    PARTIAL = "partial"
    MISSED = "missed"
    ANALYSED = "analysed"
    WAIVED = "waived"
    ANONYMISED = "anonymised"


S = SurveyState
TRANSITIONS: Mapping[SurveyState, frozenset[SurveyState]] = {
    S.SCHEDULED: frozenset({S.OPEN, S.WAIVED}),
    S.OPEN: frozenset({S.REMINDED, S.SUBMITTED, S.PARTIAL, S.MISSED, S.WAIVED}),
    # Back to open when the exchange gets new days, and with them the survey a new due day.
    S.REMINDED: frozenset({S.OPEN, S.SUBMITTED, S.PARTIAL, S.MISSED, S.WAIVED}),
    S.SUBMITTED: frozenset({S.ANALYSED, S.ANONYMISED}),
    S.PARTIAL: frozenset({S.ANALYSED, S.ANONYMISED}),
    # A survey that was missed can still be excused: an exchange that waits for it would wait for ever.
    S.MISSED: frozenset({S.OPEN, S.WAIVED, S.ANALYSED}),
    S.ANALYSED: frozenset({S.ANONYMISED}),
    S.WAIVED: frozenset(),
    S.ANONYMISED: frozenset(),
}
ANSWERABLE = frozenset({S.OPEN, S.REMINDED})


@dataclass(frozen=True, slots=True)
class Timing:
    """How long before the due day a reminder is sent, and how long after it answers are still taken."""

    remind_before: timedelta
    grace: timedelta


TIMINGS: Mapping[SurveyKind, Timing] = {
    SurveyKind.BEFORE: Timing(timedelta(days=3), timedelta(days=7)),
    SurveyKind.PULSE: Timing(timedelta(days=0), timedelta(days=6)),
    SurveyKind.AFTER: Timing(timedelta(days=3), timedelta(days=14)),
}
AFTER_DUE = timedelta(days=7)
FURTHEST = timedelta(days=3652)


@dataclass(frozen=True, slots=True)
class Survey:
    """`remind_on` is the first day of the reminder, `closes_on` the last day for answers. `day` is set for a pulse."""

    survey_id: UUID
    exchange_id: UUID
    application_id: UUID
    respondent_id: UUID
    side: Side
    kind: SurveyKind
    version: int
    day: date | None
    due: date
    remind_on: date
    closes_on: date
    state: SurveyState = SurveyState.SCHEDULED
    reason: str | None = None


def moved(survey: Survey, to: SurveyState, **changes: Any) -> Survey:
    """The survey in its next state. Raises `WrongState` where the table has no such step."""
    require_step(TRANSITIONS, "survey", survey.state, to)
    return replace(survey, state=to, **changes)


def _due(survey: Survey, due: date) -> Survey:
    timing = TIMINGS[survey.kind]
    return replace(survey, due=due, remind_on=due - timing.remind_before, closes_on=due + timing.grace)


def _opened(
    exchange: Exchange, side: Side, kind: SurveyKind, version: int, due: date, new_id: NewId, day: date | None = None
) -> Survey:
    survey = Survey(
        survey_id=new_id(),
        exchange_id=exchange.exchange_id,
        application_id=exchange.application_id,
        respondent_id=exchange.requester_id if side is Side.REQUESTER else exchange.offerer_id,
        side=side,
        kind=kind,
        version=version,
        day=day,
        due=due,
        remind_on=due,
        closes_on=due,
    )
    return moved(_due(survey, due), SurveyState.OPEN)


def before_due(first: date, today: date) -> date:
    """The day before the exchange, but never a day that is over: exchanges of the past are entered too.

    At most ten years ahead: a slip in the year of an event must not run into the end of the calendar.
    """
    return today if first <= today else min(first - timedelta(days=1), today + FURTHEST)


def before_surveys(exchange: Exchange, version: int, today: date, new_id: NewId) -> tuple[Survey, ...]:
    """One for each side."""
    due = before_due(exchange.first, today)
    return tuple(_opened(exchange, side, SurveyKind.BEFORE, version, due, new_id) for side in Side)


def pulse_days(first: date, last: date) -> tuple[date, ...]:
    """Every day of the exchange, at least the first. Raises `Invalid` above 62 days."""
    days = max((last - first).days + 1, 1)
    if days > MOST_DAYS:
        raise Invalid("exchange-too-long", f"An exchange lasts {MOST_DAYS} days at most. Correct its last day.")
    return tuple(first + timedelta(days=number) for number in range(days))


def pulse_surveys(
    exchange: Exchange, days: tuple[date, ...], version: int, today: date, new_id: NewId
) -> tuple[Survey, ...]:
    """One for each day, for the requester, due on the day after."""
    return tuple(
        _opened(exchange, Side.REQUESTER, SurveyKind.PULSE, version, max(day, today) + timedelta(days=1), new_id, day)
        for day in days
    )


def after_surveys(
    exchange: Exchange, version: int, completed_on: date, today: date, new_id: NewId
) -> tuple[Survey, ...]:
    """One for each side, due 7 days later; an exchange that is entered from the past leaves 7 days from now."""
    due = max(completed_on, today) + AFTER_DUE
    return tuple(_opened(exchange, side, SurveyKind.AFTER, version, due, new_id) for side in Side)


def redated(survey: Survey, due: date) -> Survey:
    """The survey with a new due day, open again if a reminder was sent or the old day was missed."""
    return moved(_due(survey, due), SurveyState.OPEN) if survey.state is not SurveyState.OPEN else _due(survey, due)


def require_answerable(survey: Survey, today: date) -> None:
    """Raise `WrongState` for a survey that takes no answer, or whose day has not come anywhere in the world."""
    require_step(TRANSITIONS, "survey", survey.state, SurveyState.SUBMITTED)
    if survey.day is not None and survey.day > today + ZONES:
        raise WrongState("survey-day-not-come", f"This survey is about {survey.day}. Answer it on that day or later.")


def opened_event(survey: Survey) -> SurveyOpened:
    """What is announced when an organisation is asked."""
    return SurveyOpened(
        survey_id=survey.survey_id,
        exchange_id=survey.exchange_id,
        application_id=survey.application_id,
        respondent_id=survey.respondent_id,
        kind=survey.kind,
        day=survey.day,
        due=survey.due,
    )


def waived(survey: Survey, reason: str) -> Survey:
    """The survey is not needed; the reason is a code. Raises `WrongState` once it is answered."""
    return moved(survey, SurveyState.WAIVED, reason=reason)


def waived_event(survey: Survey) -> SurveyWaived:
    """What is announced when somebody is excused."""
    return SurveyWaived(
        survey_id=survey.survey_id,
        exchange_id=survey.exchange_id,
        application_id=survey.application_id,
        respondent_id=survey.respondent_id,
        kind=survey.kind,
        reason=survey.reason or "",
    )
