"""What matching does with the events that it hears."""

from services.matching import use_cases
from shared.events.evaluation import EvaluationSubmitted
from shared.events.exchange import ExchangeCancelled, ExchangeCompleted, ExchangePostponed, ExchangeScheduled
from shared.events.intake import (
    ApplicationValidated,
    ApplicationWithdrawn,
    OfferChanged,
    OfferClosed,
    OfferPublished,
    OrganisationRegistered,
)
from shared.streaming.reactions import Reactions

REACTIONS: Reactions = {
    OrganisationRegistered: use_cases.register_organisation,
    OfferPublished: use_cases.index_offer,
    OfferChanged: use_cases.change_offer,
    OfferClosed: use_cases.close_offer,
    ApplicationValidated: use_cases.propose_matches,
    ApplicationWithdrawn: use_cases.withdraw_search,
    ExchangeScheduled: use_cases.move_booking,
    ExchangePostponed: use_cases.move_booking,
    ExchangeCancelled: use_cases.release_capacity,
    ExchangeCompleted: use_cases.record_completion,
    EvaluationSubmitted: use_cases.record_evaluation,
}
