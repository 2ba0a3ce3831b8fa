"""What evaluation does about what it hears."""

from services.evaluation import use_cases
from shared.events.exchange import (
    ExchangeAgreed,
    ExchangeCancelled,
    ExchangeCompleted,
    ExchangePlanned,
    ExchangePostponed,
    ExchangeScheduled,
    ExchangeStarted,
)
from shared.events.intake import OrganisationRegistered
from shared.streaming.reactions import Reactions

REACTIONS: Reactions = {
    OrganisationRegistered: use_cases.keep_organisation,
    ExchangePlanned: use_cases.ask_before,
    ExchangeAgreed: use_cases.keep_association,
    ExchangeScheduled: use_cases.keep_days,
    ExchangePostponed: use_cases.keep_days,
    ExchangeStarted: use_cases.ask_daily,
    ExchangeCompleted: use_cases.ask_after,
    ExchangeCancelled: use_cases.cancel_exchange,
}
