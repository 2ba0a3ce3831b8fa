"""What the portal does with each event: it follows the case, or learns a name that pages need."""

from services.portal import use_cases
from shared.events import evaluation, exchange, intake, matching
from shared.streaming.reactions import Batched, Reactions

# A row for every event, but one reaction: consecutive events of any kind then reach it as one batch.
FOLLOW = Batched(use_cases.follow_cases)

REACTIONS: Reactions = {
    intake.OrganisationRegistered: Batched(use_cases.know_organisations),
    intake.OfferPublished: use_cases.know_offer,
    intake.OfferChanged: use_cases.note_offer_change,
    intake.OfferClosed: use_cases.note_offer_close,
    intake.ApplicationSubmitted: FOLLOW,
    intake.InformationRequested: FOLLOW,
    intake.ApplicationAdmitted: FOLLOW,
    intake.ApplicationValidated: FOLLOW,
    intake.ApplicationRejected: FOLLOW,
    intake.ApplicationWithdrawn: FOLLOW,
    intake.ApplicationClosed: FOLLOW,
    matching.MatchProposed: FOLLOW,
    matching.MatchAccepted: FOLLOW,
    matching.MatchDeclined: FOLLOW,
    matching.MatchConfirmed: FOLLOW,
    matching.ProposalReminded: FOLLOW,
    matching.MatchExpired: FOLLOW,
    matching.MatchSuperseded: FOLLOW,
    matching.BookingRefused: FOLLOW,
    matching.CandidatesFound: FOLLOW,
    matching.NoMatchFound: FOLLOW,
    matching.SearchRelaxed: FOLLOW,
    matching.CallOpened: FOLLOW,
    exchange.ExchangePlanned: FOLLOW,
    exchange.ExchangeAgreed: FOLLOW,
    exchange.ExchangeScheduled: FOLLOW,
    exchange.ExchangeReady: FOLLOW,
    exchange.ExchangeStarted: FOLLOW,
    exchange.ExchangeCompleted: FOLLOW,
    exchange.ExchangeReported: FOLLOW,
    exchange.ExchangeFollowedUp: FOLLOW,
    exchange.ExchangeClosed: FOLLOW,
    exchange.ExchangePostponed: FOLLOW,
    exchange.ExchangeConverted: FOLLOW,
    exchange.ExchangeCancelled: FOLLOW,
    evaluation.SurveyOpened: FOLLOW,
    evaluation.EvaluationSubmitted: FOLLOW,
    evaluation.SurveyWaived: FOLLOW,
    evaluation.AlertRaised: FOLLOW,
    evaluation.ActionAgreed: FOLLOW,
    evaluation.PracticeDrafted: FOLLOW,
    evaluation.PracticeReturned: FOLLOW,
    evaluation.PracticePublished: FOLLOW,
}
