"""What one event changes in one part of a case. An event that a part does not know leaves it as it is."""

from dataclasses import replace

from services.portal.rules.parts import (
    Action,
    Application,
    Exchange,
    Practice,
    PracticeState,
    Proposal,
    ProposalState,
    Reminder,
    Search,
    Survey,
    SurveyState,
)
from services.portal.rules.states import State
from shared.events import evaluation, intake, matching
from shared.events import exchange as exchanges
from shared.events.base import Event


def application(known: Application, event: Event) -> Application:
    """The application after the event."""
    match event:
        case intake.ApplicationSubmitted():
            known = replace(
                known,
                state=State.SUBMITTED,
                reference=event.reference,
                title=event.title,
                title_language=event.title_language,
                requester_id=event.organisation_id,
                mode=event.mode,
                themes=event.themes,
                sdgs=event.sdgs,
                earliest=event.earliest,
                latest=event.latest,
            )
        case intake.ApplicationValidated():
            known = replace(
                known,
                state=State.SEARCHING,
                reference=event.reference,
                title=event.title,
                title_language=event.title_language,
                requester_id=event.organisation.organisation_id,
                mode=event.mode,
                themes=event.themes,
                sdgs=event.sdgs,
                dac=event.dac,
                earliest=event.earliest,
                latest=event.latest,
            )
        case intake.InformationRequested():
            known = replace(known, state=State.INFORMATION_REQUESTED)
        case intake.ApplicationAdmitted():
            known = replace(known, state=State.IN_REVIEW)
        case intake.ApplicationRejected():
            known = replace(known, state=State.REJECTED)
        case intake.ApplicationWithdrawn():
            known = replace(known, state=State.WITHDRAWN)
        case intake.ApplicationClosed():
            known = replace(known, state=_CLOSED_AS[event.outcome])
    return known


_CLOSED_AS = {"exchanged": State.CLOSED, "cancelled": State.CANCELLED, "no-match": State.CLOSED_UNMATCHED}


def search(known: Search, event: Event) -> Search:
    """The search after the event. A call stays known when a later search finds nobody again."""
    match event:
        case matching.CandidatesFound():
            known = replace(known, nobody=False)
        case matching.NoMatchFound():
            known = replace(known, nobody=True, considered=event.considered, filtered=event.filtered)
        case matching.CallOpened():
            known = replace(known, call_closes_on=event.closes_on)
    return known


def proposal(known: Proposal, event: Event) -> Proposal:
    """The proposal after the event."""
    match event:
        case matching.MatchProposed():
            known = replace(
                known,
                offer_id=event.offer_id,
                offerer_id=event.offerer_id,
                rank=event.rank,
                score=event.score,
                contributions=event.contributions,
                raises=event.raises,
                respond_by=event.respond_by,
            )
        case matching.MatchAccepted():
            known = replace(known, accepted=known.accepted | {event.side})
        case matching.ProposalReminded():
            known = replace(known, reminder=Reminder(frozenset(event.sides), event.reminded_on, event.days_left))
        case matching.MatchDeclined():
            known = replace(known, state=ProposalState.DECLINED, declined_by=event.side)
        case matching.MatchConfirmed():
            known = replace(known, state=ProposalState.CONFIRMED, offer_id=event.offer_id, offerer_id=event.offerer_id)
        case matching.MatchExpired():
            known = replace(known, state=ProposalState.EXPIRED)
        case matching.MatchSuperseded():
            known = replace(known, state=ProposalState.SUPERSEDED)
    return known


def exchange(known: Exchange, event: Event) -> Exchange:
    """The exchange after the event."""
    match event:
        case exchanges.ExchangePlanned():
            known = replace(
                known,
                host_id=event.host_id,
                mode=event.mode,
                first=event.first,
                last=event.last,
                organisations=(event.requester_id, event.offerer_id),
            )
        case exchanges.ExchangeAgreed():
            taking_part = tuple(dict.fromkeys((*known.organisations, *event.organisations)))
            known = replace(known, state=State.AGREED, association_id=event.association_id, organisations=taking_part)
        case exchanges.ExchangeScheduled():
            known = replace(
                known,
                state=State.PREPARING,
                first=event.first,
                last=event.last,
                participants=event.participants,
                online=event.online,
            )
        case exchanges.ExchangePostponed():
            known = replace(known, state=State.POSTPONED, first=event.first, last=event.last)
        case exchanges.ExchangeConverted():
            known = replace(known, online=True)
        case _:
            known = _held(known, event)
    return known


def _held(known: Exchange, event: Event) -> Exchange:
    match event:
        case exchanges.ExchangeReady():
            known = replace(known, state=State.READY)
        case exchanges.ExchangeStarted():
            known = replace(known, state=State.IN_PROGRESS, first=event.started_on, last=event.last)
        case exchanges.ExchangeCompleted():
            known = replace(known, state=State.COMPLETED, last=event.completed_on, days=event.days)
        case exchanges.ExchangeReported():
            known = replace(known, state=State.REPORTED)
        case exchanges.ExchangeFollowedUp():
            known = replace(known, state=State.FOLLOWING_UP)
        case exchanges.ExchangeClosed():
            known = replace(known, state=State.CLOSED)
        case exchanges.ExchangeCancelled():
            known = replace(known, state=State.CANCELLED)
    return known


def survey(known: Survey, event: Event) -> Survey:
    """The survey after the event; ratings are not kept."""
    match event:
        case evaluation.SurveyOpened():
            known = replace(known, kind=event.kind, respondent_id=event.respondent_id, day=event.day, due=event.due)
        case evaluation.EvaluationSubmitted():
            known = replace(known, kind=event.kind, respondent_id=event.respondent_id, state=SurveyState.ANSWERED)
        case evaluation.SurveyWaived():
            known = replace(known, kind=event.kind, respondent_id=event.respondent_id, state=SurveyState.WAIVED)
    return known


def action(known: Action | None, event: Event) -> Action | None:
    """The action that was agreed."""
    return Action(event.action_id, event.due) if isinstance(event, evaluation.ActionAgreed) else known


def practice(known: Practice, event: Event) -> Practice:
    """The practice after the event."""
    match event:
        case evaluation.PracticeDrafted():
            known = replace(known, association_id=event.association_id, state=PracticeState.DRAFTED)
        case evaluation.PracticeReturned():
            known = replace(known, state=PracticeState.RETURNED)
        case evaluation.PracticePublished():
            known = replace(
                known,
                association_id=event.association_id,
                state=PracticeState.PUBLISHED,
                title=event.title,
                title_language=event.title_language,
                published_on=event.published_on,
            )
    return known
