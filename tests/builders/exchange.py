"""Invented exchanges in any state, and what they are made of. Whatever a test does not name is filled in, and valid."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.exchange import rules
from services.exchange.rules import (
    BeforeSurvey,
    Exchange,
    Item,
    OwnedAction,
    Part,
    Participant,
    Plan,
    References,
    Report,
    State,
)
from shared.events.matching import MatchConfirmed
from shared.primitives.terms import Mode, OrganisationKind

EXCHANGE = UUID(int=1)
APPLICATION = UUID(int=2)
PROPOSAL = UUID(int=3)
OFFER = UUID(int=4)
REQUESTER = UUID(int=10)
OFFERER = UUID(int=11)
THIRD = UUID(int=12)
ASSOCIATION = UUID(int=13)
STRANGER = UUID(int=14)
REQUESTERS_MEMBER = UUID(int=20)
OFFERERS_MEMBER = UUID(int=21)
ACTION = UUID(int=30)
FIRST = date(2030, 5, 13)
KNOWN = References(
    kinds={
        REQUESTER: OrganisationKind.MUNICIPALITY,
        OFFERER: OrganisationKind.REGION,
        THIRD: OrganisationKind.MUNICIPALITY,
        ASSOCIATION: OrganisationKind.ASSOCIATION,
        STRANGER: OrganisationKind.OTHER,
    },
    organisation_of={REQUESTERS_MEMBER: REQUESTER, OFFERERS_MEMBER: OFFERER},
)
DAYS = {Mode.EXPERT_MISSION: 5, Mode.INTERNSHIP: 10, Mode.ROUND_TABLE: 2, Mode.STUDY_VISIT: 3}
PEOPLE = {
    Mode.EXPERT_MISSION: (
        Participant(OFFERER, Part.EXPERT, OFFERERS_MEMBER),
        Participant(REQUESTER, Part.HOST, REQUESTERS_MEMBER),
    ),
    Mode.INTERNSHIP: (Participant(REQUESTER, Part.PLACED, REQUESTERS_MEMBER), Participant(OFFERER, Part.HOST)),
    Mode.ROUND_TABLE: (
        Participant(REQUESTER, Part.GOVERNMENT, REQUESTERS_MEMBER),
        Participant(OFFERER, Part.GOVERNMENT),
        Participant(THIRD, Part.GOVERNMENT),
        Participant(ASSOCIATION, Part.MODERATOR),
    ),
    Mode.STUDY_VISIT: (Participant(REQUESTER, Part.VISITOR, REQUESTERS_MEMBER),)
    + 2 * (Participant(REQUESTER, Part.VISITOR),),
}
BEFORE_AGREEMENT = (State.PLANNED, State.DRAFTING)
STARTED = (State.IN_PROGRESS, State.COMPLETED, State.REPORTING, State.FOLLOW_UP, State.CLOSED)
REPORTED = (State.REPORTING, State.FOLLOW_UP, State.CLOSED)


def a_match(mode: Mode = Mode.EXPERT_MISSION, **changes: Any) -> MatchConfirmed:
    """A confirmed match between the requester and the offerer."""
    match = MatchConfirmed(
        proposal_id=PROPOSAL,
        application_id=APPLICATION,
        offer_id=OFFER,
        expert_id=OFFERERS_MEMBER,
        requester_id=REQUESTER,
        offerer_id=OFFERER,
        requester_association_id=ASSOCIATION,
        offerer_association_id=None,
        reference="CN-2030-0007",
        title="A plan for dry toilets",
        title_language="en",
        themes=("sanitation",),
        mode=mode,
        first=FIRST - timedelta(days=14),
        last=FIRST + timedelta(days=60),
        participants=3,
    )
    return match.model_copy(update=changes)


def a_plan(mode: Mode = Mode.EXPERT_MISSION, **changes: Any) -> Plan:
    """A plan within the mode's limits, from Monday 13 May 2030."""
    plan = Plan(FIRST, FIRST + timedelta(days=DAYS[mode] - 1), participants=PEOPLE[mode])
    return replace(plan, **changes)


def a_report(**changes: Any) -> Report:
    """A report that any mode accepts."""
    report = Report("What was seen and agreed.", "en", ("Begin with the market.",), ("Meet again in a year.",))
    return replace(report, **changes)


def an_exchange(state: State = State.PLANNED, mode: Mode = Mode.EXPERT_MISSION, **changes: Any) -> Exchange:
    """An exchange in this state in which every guard that can be met by then is met."""
    exchange = replace(rules.planned(a_match(mode), EXCHANGE), state=state)
    if state not in BEFORE_AGREEMENT:
        exchange = replace(exchange, association_id=ASSOCIATION, organisations=(REQUESTER, OFFERER, THIRD))
    if state not in (*BEFORE_AGREEMENT, State.AGREED):
        exchange = _prepared(exchange, a_plan(mode))
    if state in STARTED:
        exchange = replace(exchange, started_on=exchange.plan.first)
    if state in STARTED[1:]:
        exchange = replace(exchange, completed_on=exchange.plan.last)
    if state in REPORTED:
        action = OwnedAction(ACTION, REQUESTERS_MEMBER, exchange.plan.last + timedelta(days=90))
        exchange = replace(exchange, report=a_report(), actions=(action,))
    return replace(exchange, **changes)


def _prepared(exchange: Exchange, plan: Plan) -> Exchange:
    entries = rules.checklist_for(plan, exchange.host_id)
    safe = tuple(replace(e, done_on=plan.first - timedelta(days=7)) if e.item is Item.SAFETY else e for e in entries)
    return replace(exchange, plan=plan, checklist=safe, before_survey=BeforeSurvey.SUBMITTED)
