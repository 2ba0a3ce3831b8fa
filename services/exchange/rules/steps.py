"""What each command makes of an exchange. Every function raises `Rejected` and changes nothing where the rules refuse.

The state is judged first, then the guards, then the values of the command.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.exchange.rules.checklist import checklist_for, is_safe, without_travel
from services.exchange.rules.limits import LIMITS, days_problems, plan_problems
from services.exchange.rules.states import moved, require_state
from services.exchange.rules.values import BeforeSurvey, Exchange, Plan, References, Report, State
from shared.events.matching import MatchConfirmed
from shared.primitives.errors import FieldProblem, Invalid, WrongState
from shared.primitives.terms import OrganisationKind, Side

# Before these states nothing is arranged that could go online; the schedule itself says whether it is held online.
CONVERTIBLE = frozenset({State.AGREED, State.PREPARING, State.READY, State.IN_PROGRESS, State.POSTPONED})
CONFIRMABLE = frozenset({State.AGREED, State.PREPARING, State.READY, State.IN_PROGRESS, State.POSTPONED})


def planned(match: MatchConfirmed, exchange_id: UUID) -> Exchange:
    """The exchange that a confirmed match promises. Its days are a proposal until it is scheduled."""
    host = match.requester_id if LIMITS[match.mode].host is Side.REQUESTER else match.offerer_id
    return Exchange(
        id=exchange_id,
        application_id=match.application_id,
        proposal_id=match.proposal_id,
        offer_id=match.offer_id,
        expert_id=match.expert_id,
        requester_id=match.requester_id,
        offerer_id=match.offerer_id,
        host_id=host,
        mode=match.mode,
        reference=match.reference,
        title=match.title,
        title_language=match.title_language,
        themes=match.themes,
        plan=Plan(match.first, match.last),
    )


def drafting(exchange: Exchange) -> Exchange:
    """The terms of reference are being drafted."""
    return moved(exchange, State.DRAFTING)


def with_terms(exchange: Exchange, text: str) -> Exchange:
    """The terms of reference as they read now."""
    require_state(exchange, frozenset({State.DRAFTING}), "the terms of reference are written")
    return replace(exchange, terms=text)


def parties(exchange: Exchange, also: Iterable[UUID]) -> tuple[UUID, ...]:
    """Every organisation that takes part: the two sides, then the others, each once."""
    return tuple(dict.fromkeys((exchange.requester_id, exchange.offerer_id, *also)))


def agreed(exchange: Exchange, association_id: UUID, also: tuple[UUID, ...], known: References) -> Exchange:
    """The terms of reference agreed, with the association that takes part and the other organisations."""
    after = moved(exchange, State.AGREED)
    problems = []
    if known.kinds.get(association_id) is not OrganisationKind.ASSOCIATION:
        detail = "This is not a known association of local governments: register it, or name another."
        problems.append(FieldProblem("/association_id", "not-an-association", detail))
    for index, organisation_id in enumerate(also):
        if organisation_id not in known.kinds:
            detail = "This organisation is not known: register it first."
            problems.append(FieldProblem(f"/organisations/{index}", "unknown-organisation", detail))
    organisations = parties(exchange, also)
    least = LIMITS[exchange.mode].governments.least
    if sum(map(known.is_government, organisations)) < least:
        detail = f"{least} or more municipalities or regions must take part, the two sides included: name the others."
        problems.append(FieldProblem("/organisations", "too-few-governments", detail))
    _refuse(problems, "agreement-incomplete", "The terms of reference can't be agreed like this.")
    return replace(after, association_id=association_id, organisations=organisations)


def association_confirmed(exchange: Exchange, today: date) -> Exchange:
    """The association that was named says that it takes part."""
    require_state(exchange, CONFIRMABLE, "an association confirms")
    if exchange.association_confirmed_on is not None:
        raise WrongState("already-confirmed", "The association has confirmed already. Nothing is left to be done here.")
    return replace(exchange, association_confirmed_on=today)


def scheduled(exchange: Exchange, plan: Plan, known: References) -> Exchange:
    """Days, people and form fixed. Everything on the checklist is open again, since it belonged to the plan before."""
    after = moved(exchange, State.PREPARING)
    if plan == exchange.plan and exchange.state in (State.PREPARING, State.READY):
        raise WrongState("already-scheduled", "The exchange is scheduled exactly like this already.")
    problems = list(plan_problems(exchange, plan, known))
    if exchange.converted_on is not None and not plan.online:
        detail = "The exchange was converted to online and stays so: say online."
        problems.append(FieldProblem("/online", "converted-to-online", detail))
    _refuse(problems, "plan-out-of-limits", "The exchange can't be scheduled like this.")
    return replace(after, plan=plan, checklist=checklist_for(plan, exchange.host_id))


def unmet(exchange: Exchange) -> tuple[FieldProblem, ...]:
    """What must still happen before the next guarded state; nothing where no guard is ahead."""
    problems = []
    if exchange.state is State.PREPARING:
        if exchange.before_survey is BeforeSurvey.OPEN:
            detail = "The requester's survey before the exchange is open: answer it, or waive it with a reason."
            problems.append(FieldProblem("", "before-survey-open", detail))
        if not is_safe(exchange):
            detail = "Safety is not checked: do so and tick it on the checklist."
            problems.append(FieldProblem("", "safety-open", detail))
    if exchange.state is State.REPORTING and not exchange.actions:
        detail = "No action is owned by anybody: the requester agrees at least one."
        problems.append(FieldProblem("", "no-owned-action", detail))
    return tuple(problems)


def ready(exchange: Exchange) -> Exchange:
    """Everything that must be done before the first day is done."""
    after = moved(exchange, State.READY)
    _require_guards(exchange)
    return after


def started(exchange: Exchange, on: date, today: date) -> Exchange:
    """Under way since the day `on`, one of the planned days."""
    after = moved(exchange, State.IN_PROGRESS)
    first, last = exchange.plan.first, exchange.plan.last
    problems = _future(on, today)
    if on < first:
        detail = f"The first day is {first}: start then, or schedule other days."
        problems.append(FieldProblem("/on", "before-first-day", detail))
    if on > last:
        detail = f"The last day was {last}: postpone the exchange and schedule other days."
        problems.append(FieldProblem("/on", "after-last-day", detail))
    _refuse(problems, "wrong-day", "The exchange can't have started on this day.")
    return replace(after, started_on=on)


def completed(exchange: Exchange, on: date, today: date) -> Exchange:
    """Over since the day `on`, the planned last day or a later one."""
    after = moved(exchange, State.COMPLETED)
    problems = _future(on, today)
    if on < exchange.plan.last:
        detail = f"The last day is {exchange.plan.last}: complete it then, or cancel what was broken off."
        problems.append(FieldProblem("/on", "before-last-day", detail))
    _refuse(problems, "wrong-day", "The exchange can't have ended on this day.")
    return replace(after, completed_on=on)


def days_held(exchange: Exchange) -> int:
    """Calendar days from the start to the completion, both included; 0 for an exchange that is not over."""
    if exchange.started_on is None or exchange.completed_on is None:
        return 0
    return (exchange.completed_on - exchange.started_on).days + 1


def reported(exchange: Exchange, report: Report) -> Exchange:
    """The report with what its mode asks for."""
    after = moved(exchange, State.REPORTING)
    limits, problems = LIMITS[exchange.mode], []
    if limits.recommendations and not report.recommendations:
        detail = "The report of an expert mission holds at least one recommendation."
        problems.append(FieldProblem("/recommendations", "recommendations-missing", detail))
    if limits.conclusions and not report.conclusions:
        detail = "The report of a round table holds at least one joint conclusion."
        problems.append(FieldProblem("/conclusions", "conclusions-missing", detail))
    _refuse(problems, "report-incomplete", "Something is missing in the report.")
    return replace(after, report=report)


def followed_up(exchange: Exchange) -> Exchange:
    """A report and an owned action exist. (An exchange that is reporting has its report.)"""
    after = moved(exchange, State.FOLLOW_UP)
    _require_guards(exchange)
    return after


def closed(exchange: Exchange) -> Exchange:
    """Nothing is left to be done."""
    return moved(exchange, State.CLOSED)


def postponed(exchange: Exchange, first: date, last: date) -> Exchange:
    """Put off to later days, which count once they are scheduled."""
    after = moved(exchange, State.POSTPONED)
    plan = replace(exchange.plan, first=first, last=last)
    problems = list(days_problems(exchange.mode, plan))
    if first <= exchange.plan.first:
        detail = f"The first day is {exchange.plan.first}: postpone to a later one."
        problems.append(FieldProblem("/first", "not-later", detail))
    _refuse(problems, "wrong-days", "The exchange can't be postponed to these days.")
    return replace(after, plan=plan)


def converted(exchange: Exchange, today: date) -> Exchange:
    """Held online from now on, with nothing left to arrange for travel. The state stays."""
    require_state(exchange, CONVERTIBLE, "an exchange is converted to online")
    if exchange.plan.online or exchange.converted_on is not None:
        raise WrongState("already-online", "The exchange is held online already.")
    plan = replace(exchange.plan, online=True)
    return replace(exchange, plan=plan, converted_on=today, checklist=without_travel(exchange.checklist))


def cancelled(exchange: Exchange) -> Exchange:
    """It does not take place, or was broken off."""
    return moved(exchange, State.CANCELLED)


def with_before_survey(exchange: Exchange, became: BeforeSurvey) -> Exchange:
    """What is heard of the requester's survey; an answer counts more than a waiver."""
    return exchange if exchange.before_survey is BeforeSurvey.SUBMITTED else replace(exchange, before_survey=became)


def _require_guards(exchange: Exchange) -> None:
    if problems := unmet(exchange):
        raise WrongState("guards-unmet", " ".join(one.detail for one in problems), fields=problems)


def _future(on: date, today: date) -> list[FieldProblem]:
    """Days are those of UTC, as everywhere in the records."""
    detail = f"Today is {today}: this day has not come yet."
    return [FieldProblem("/on", "in-the-future", detail)] if on > today else []


def _refuse(problems: list[FieldProblem], code: str, detail: str) -> None:
    if problems:
        raise Invalid(code, detail, fields=tuple(problems))
