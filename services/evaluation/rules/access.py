"""Who may do what. What is not in the table is denied."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from services.evaluation.rules.exchanges import Exchange
from services.evaluation.rules.practices import Practice
from services.evaluation.rules.surveys import Survey
from shared.primitives.actor import Actor
from shared.primitives.terms import Role, Side

PEOPLE = (Role.APPLICANT, Role.EXPERT)


class Deed(StrEnum):
    """What can be asked for; the value completes the sentence "You may not …"."""

    READ_SURVEY = "read this survey"
    ANSWER_SURVEY = "answer this survey"
    WAIVE_SURVEY = "waive this survey"
    READ_EXCHANGE = "read the evaluation of this exchange"
    AGREE_ACTION = "agree an action for this exchange"
    WRITE_PRACTICE = "write a practice for this exchange"
    CHECK_PRACTICE = "check this practice"
    READ_ALL_RESULTS = "read the results of all exchanges"


def _coordinates(actor: Actor, _thing: object) -> bool:
    return actor.has(Role.COORDINATOR)


def _answers(actor: Actor, survey: Survey) -> bool:
    return actor.has(*PEOPLE) and actor.speaks_for(survey.respondent_id)


def _reads_survey(actor: Actor, survey: Survey) -> bool:
    return actor.has(Role.COORDINATOR) or _answers(actor, survey)


def _side(actor: Actor, exchange: Exchange) -> Side | None:
    return exchange.side_of(actor.organisation_id) if actor.has(*PEOPLE) else None


def _requests(actor: Actor, exchange: Exchange) -> bool:
    return actor.has(Role.COORDINATOR) or _side(actor, exchange) is Side.REQUESTER


def _takes_part(actor: Actor, exchange: Exchange) -> bool:
    return actor.has(Role.COORDINATOR) or _side(actor, exchange) is not None


def _reads_exchange(actor: Actor, exchange: Exchange) -> bool:
    officer = actor.has(Role.ASSOCIATION) and actor.speaks_for(exchange.association_id)
    return officer or _takes_part(actor, exchange)


def _checks(actor: Actor, practice: Practice) -> bool:
    return actor.has(Role.ASSOCIATION) and actor.speaks_for(practice.association_id)


def _reads_all_results(actor: Actor, _thing: object) -> bool:
    return actor.has(Role.COORDINATOR, Role.ASSOCIATION, Role.READER)


MAY: Mapping[Deed, Callable[[Actor, Any], bool]] = {
    Deed.READ_SURVEY: _reads_survey,
    Deed.ANSWER_SURVEY: _answers,
    Deed.WAIVE_SURVEY: _coordinates,
    Deed.READ_EXCHANGE: _reads_exchange,
    Deed.AGREE_ACTION: _requests,
    Deed.WRITE_PRACTICE: _takes_part,
    Deed.CHECK_PRACTICE: _checks,
    Deed.READ_ALL_RESULTS: _reads_all_results,
}


def may(actor: Actor, deed: Deed, thing: object = None) -> bool:
    """Whether the actor may do this with the thing: the survey, exchange or practice that the deed is about."""
    return MAY[deed](actor, thing)
