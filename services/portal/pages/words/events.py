"""What happened, one sentence an event. Reasons of refusals, ratings and alerts are not public and are not told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from services.portal.pages.words import terms
from services.portal.pages.words.names import Names
from services.portal.rules.parts import Parts
from services.portal.rules.summary import Party
from shared.events import evaluation, exchange, intake, matching
from shared.events.base import Event
from shared.primitives.terms import Side
from shared.wording.speech import sentence


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells the events of one case."""

    names: Names
    parts: Parts

    def tell(self, event: Event) -> tuple[str, Party] | None:
        """The sentence and whose doing it was; None for what is not told in public."""
        told = _TOLD.get(type(event))
        if told is None:
            return None
        say, party = told
        return sentence(say(self, event)), Party.OFFERER if self._is_offerers(event) else party

    def _is_offerers(self, event: Event) -> bool:
        respondent = (
            getattr(event, "respondent_id", None) if isinstance(event, evaluation.EvaluationSubmitted) else None
        )
        offerer = self.names.offerer_id
        return getattr(event, "side", None) == Side.OFFERER or (respondent is not None and respondent == offerer)

    def say(self, text: str, **facts: object) -> str:
        """The text in the reader's language; the two sides can be named in it."""
        return self.names.speech.say(text, requester=self.names.requester, offerer=self.names.offerer, **facts)

    def side(self, event: matching.MatchAccepted | matching.MatchDeclined) -> str:
        """Which organisation accepted or declined."""
        return self.names.requester if event.side == Side.REQUESTER else self.peer(event)

    def peer(self, event: Any) -> str:
        """Whose offer a proposal is about."""
        of = next((p.offerer_id for p in self.parts.proposals if p.proposal_id == event.proposal_id), None)
        return self.names.of(of)

    def survey(self, event: Any) -> str:
        """Which survey it is, as part of a sentence."""
        day = getattr(event, "day", None)
        if day is not None:
            return self.say("the survey of %(day)s", day=self.names.speech.day(day))
        return {
            evaluation.SurveyKind.BEFORE: self.say("the survey before the exchange"),
            evaluation.SurveyKind.PULSE: self.say("a survey during the exchange"),
            evaluation.SurveyKind.AFTER: self.say("the survey after the exchange"),
        }[event.kind]


def _proposed(teller: Teller, event: matching.MatchProposed) -> str:
    score = teller.names.speech.number(round(event.score))
    return teller.say(
        "%(peer)s was proposed as a peer, with %(score)s of 100 points.",
        peer=teller.names.of(event.offerer_id),
        score=score,
    )


def _reminded(teller: Teller, event: matching.ProposalReminded) -> str:
    names = {Side.REQUESTER: teller.names.requester, Side.OFFERER: teller.peer(event)}
    return teller.names.speech.say_many(
        "A reminder to answer the proposal of %(peer)s was sent to %(who)s: %(number)s working day is left.",
        "A reminder to answer the proposal of %(peer)s was sent to %(who)s: %(number)s working days are left.",
        event.days_left,
        peer=names[Side.OFFERER],
        who=teller.names.speech.listing([names[side] for side in event.sides]),
    )


def _refused(teller: Teller, event: matching.BookingRefused) -> str:
    return teller.say(
        "The expert of %(peer)s has another exchange on some of the new days, %(days)s. Other days are needed.",
        peer=teller.peer(event),
        days=teller.names.speech.days(event.first, event.last),
    )


def _nobody(teller: Teller, event: matching.NoMatchFound) -> str:
    return teller.names.speech.say_many(
        "No match was found. %(number)s offer was looked at.",
        "No match was found. %(number)s offers were looked at.",
        event.considered,
    )


def _found(teller: Teller, event: matching.CandidatesFound) -> str:
    return teller.names.speech.say_many(
        "A coordinator chooses from %(number)s possible peer.",
        "A coordinator chooses from %(number)s possible peers.",
        event.candidates,
    )


def _relaxed(teller: Teller, _event: matching.SearchRelaxed) -> str:
    return teller.say("Less is asked for, so that more peers can be found.")


def _called(teller: Teller, event: matching.CallOpened) -> str:
    by = teller.names.speech.day(event.closes_on)
    return teller.say("Associations of local governments were asked to find an offer by %(by)s.", by=by)


def _planned(teller: Teller, event: exchange.ExchangePlanned) -> str:
    speech = teller.names.speech
    return teller.say(
        "An exchange is being planned: %(mode)s, %(days)s.",
        mode=terms.mode_name(speech, event.mode).lower(),
        days=speech.days(event.first, event.last),
    )


def _agreed(teller: Teller, event: exchange.ExchangeAgreed) -> str:
    association = teller.names.of(event.association_id)
    return teller.say("The terms of reference were agreed. %(association)s takes part.", association=association)


def _scheduled(teller: Teller, event: exchange.ExchangeScheduled) -> str:
    speech = teller.names.speech
    days = speech.days(event.first, event.last)
    people = speech.say_many("%(number)s participant", "%(number)s participants", event.participants)
    if event.online:
        return teller.say("The days were fixed: %(days)s, online, %(people)s.", days=days, people=people)
    return teller.say("The days were fixed: %(days)s, %(people)s.", days=days, people=people)


def _started(teller: Teller, event: exchange.ExchangeStarted) -> str:
    return teller.say("The exchange began on %(day)s.", day=teller.names.speech.day(event.started_on))


def _completed(teller: Teller, event: exchange.ExchangeCompleted) -> str:
    return teller.names.speech.say_many(
        "The exchange ended on %(day)s after %(number)s day.",
        "The exchange ended on %(day)s after %(number)s days.",
        event.days,
        day=teller.names.speech.day(event.completed_on),
    )


def _moved(teller: Teller, event: exchange.ExchangePostponed) -> str:
    return teller.say("The exchange was moved to %(days)s.", days=teller.names.speech.days(event.first, event.last))


def _followed_up(teller: Teller, event: exchange.ExchangeFollowedUp) -> str:
    return teller.names.speech.say_many(
        "The follow-up began with %(number)s action.", "The follow-up began with %(number)s actions.", event.actions
    )


def _asked(teller: Teller, event: evaluation.SurveyOpened) -> str:
    who, by = teller.names.of(event.respondent_id), teller.names.speech.day(event.due)
    return teller.say("%(who)s was asked to answer %(survey)s by %(by)s.", who=who, survey=teller.survey(event), by=by)


def _answered(teller: Teller, event: evaluation.EvaluationSubmitted) -> str:
    who = teller.names.of(event.respondent_id)
    return teller.say("%(who)s answered %(survey)s.", who=who, survey=teller.survey(event))


def _committed(teller: Teller, event: evaluation.ActionAgreed) -> str:
    by = teller.names.speech.day(event.due)
    return teller.say("%(requester)s decided on something to do with what was learned, by %(by)s.", by=by)


def _closed(teller: Teller, event: intake.ApplicationClosed) -> str:
    return {
        "exchanged": teller.say("The case was closed after its exchange."),
        "cancelled": teller.say("The case was closed without an exchange."),
        "no-match": teller.say("The case was closed without a match."),
    }[event.outcome]


def _published(teller: Teller, event: evaluation.PracticePublished) -> str:
    return teller.say("A practice was published: “%(title)s”.", title=event.title)


_Told = tuple[Callable[[Teller, Any], str], Party]
_TOLD: Mapping[type[Event], _Told] = {
    intake.ApplicationSubmitted: (lambda t, _: t.say("%(requester)s asked for know-how."), Party.REQUESTER),
    intake.InformationRequested: (
        lambda t, _: t.say("%(requester)s was asked to add what was missing."),
        Party.CONNECT,
    ),
    intake.ApplicationAdmitted: (
        lambda t, _: t.say("The automatic checks were passed. Reviewers began to read."),
        Party.CONNECT,
    ),
    intake.ApplicationValidated: (
        lambda t, _: t.say("The reviewers accepted the application, and the search for peers began."),
        Party.REVIEWERS,
    ),
    intake.ApplicationRejected: (lambda t, _: t.say("The application was not accepted."), Party.REVIEWERS),
    intake.ApplicationWithdrawn: (lambda t, _: t.say("%(requester)s withdrew the application."), Party.REQUESTER),
    intake.ApplicationClosed: (_closed, Party.CONNECT),
    matching.MatchProposed: (_proposed, Party.CONNECT),
    matching.MatchAccepted: (lambda t, e: t.say("%(who)s accepted the proposal.", who=t.side(e)), Party.REQUESTER),
    matching.MatchDeclined: (lambda t, e: t.say("%(who)s declined the proposal.", who=t.side(e)), Party.REQUESTER),
    matching.MatchConfirmed: (
        lambda t, e: t.say("The match of %(requester)s with %(peer)s was confirmed.", peer=t.peer(e)),
        Party.CONNECT,
    ),
    matching.ProposalReminded: (_reminded, Party.CONNECT),
    matching.MatchExpired: (
        lambda t, e: t.say("The proposal of %(peer)s expired without an answer.", peer=t.peer(e)),
        Party.CONNECT,
    ),
    matching.MatchSuperseded: (
        lambda t, e: t.say("The proposal of %(peer)s is no longer open.", peer=t.peer(e)),
        Party.CONNECT,
    ),
    matching.BookingRefused: (_refused, Party.CONNECT),
    matching.CandidatesFound: (_found, Party.CONNECT),
    matching.NoMatchFound: (_nobody, Party.CONNECT),
    matching.SearchRelaxed: (_relaxed, Party.COORDINATOR),
    matching.CallOpened: (_called, Party.COORDINATOR),
    exchange.ExchangePlanned: (_planned, Party.CONNECT),
    exchange.ExchangeAgreed: (_agreed, Party.COORDINATOR),
    exchange.ExchangeScheduled: (_scheduled, Party.COORDINATOR),
    exchange.ExchangeReady: (lambda t, _: t.say("The preparation was finished."), Party.COORDINATOR),
    exchange.ExchangeStarted: (_started, Party.COORDINATOR),
    exchange.ExchangeCompleted: (_completed, Party.COORDINATOR),
    exchange.ExchangeReported: (lambda t, _: t.say("The report was written."), Party.REQUESTER),
    exchange.ExchangeFollowedUp: (_followed_up, Party.REQUESTER),
    exchange.ExchangeClosed: (lambda t, _: t.say("The exchange was closed."), Party.COORDINATOR),
    exchange.ExchangePostponed: (_moved, Party.COORDINATOR),
    exchange.ExchangeConverted: (lambda t, _: t.say("The exchange goes on online."), Party.COORDINATOR),
    exchange.ExchangeCancelled: (lambda t, _: t.say("The exchange was cancelled."), Party.COORDINATOR),
    evaluation.SurveyOpened: (_asked, Party.CONNECT),
    evaluation.EvaluationSubmitted: (_answered, Party.REQUESTER),
    evaluation.SurveyWaived: (
        lambda t, e: t.say("%(survey)s was found not to be needed.", survey=t.survey(e)),
        Party.COORDINATOR,
    ),
    evaluation.ActionAgreed: (_committed, Party.REQUESTER),
    evaluation.PracticeDrafted: (lambda t, _: t.say("A lesson from the exchange was written down."), Party.REQUESTER),
    evaluation.PracticeReturned: (lambda t, _: t.say("The association asked for a revision."), Party.ASSOCIATION),
    evaluation.PracticePublished: (_published, Party.ASSOCIATION),
}
