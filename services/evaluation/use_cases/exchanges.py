"""What follows for evaluation when something happens to an exchange.

Every reaction locks the exchange first and its surveys afterwards, so two of them can't wait for each other.
"""

from collections.abc import Sequence
from dataclasses import replace

from services.evaluation import storage
from services.evaluation.rules import exchanges, instruments, surveys
from services.evaluation.rules.exchanges import Phase
from services.evaluation.rules.surveys import Survey, SurveyState
from shared.events.evaluation import SurveyKind
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
from shared.postgres.unit_of_work import UnitOfWork

CANCELLED = "exchange-cancelled"
UNANSWERED = frozenset({SurveyState.SCHEDULED, SurveyState.OPEN, SurveyState.REMINDED})


async def keep_organisation(work: UnitOfWork, event: OrganisationRegistered) -> None:
    """Know the organisation's name."""
    await storage.save_organisation(work.connection, event)


async def ask_before(work: UnitOfWork, event: ExchangePlanned) -> None:
    """Begin a copy of the exchange and ask both sides where they stand."""
    exchange = exchanges.planned(event)
    await storage.insert_exchange(work.connection, exchange)
    version = instruments.current(SurveyKind.BEFORE).version
    await _ask(work, surveys.before_surveys(exchange, version, work.today, work.new_id))


async def keep_association(work: UnitOfWork, event: ExchangeAgreed) -> None:
    """Know which association takes part: it will check the practices."""
    exchange = await storage.lock_exchange(work.connection, event.exchange_id)
    await storage.save_exchange(work.connection, replace(exchange, association_id=event.association_id))


async def keep_days(work: UnitOfWork, event: ExchangeScheduled | ExchangePostponed) -> None:
    """Know the new days. An unanswered survey before the exchange gets a new due day; a missed one is asked again."""
    exchange = await storage.lock_exchange(work.connection, event.exchange_id)
    moved = exchanges.rescheduled(exchange, event.first, event.last)
    await storage.save_exchange(work.connection, moved)
    if moved.first == exchange.first:
        return
    due = surveys.before_due(moved.first, work.today)
    unanswered = await storage.lock_surveys_of(
        work.connection, exchange.exchange_id, UNANSWERED | {SurveyState.MISSED}, [SurveyKind.BEFORE]
    )
    redated = [surveys.redated(survey, due) for survey in unanswered]
    await storage.save_surveys(work.connection, redated)
    for before, after in zip(unanswered, redated, strict=True):
        if before.state is SurveyState.MISSED:
            work.announce(surveys.opened_event(after), case=after.application_id)


async def ask_daily(work: UnitOfWork, event: ExchangeStarted) -> None:
    """Ask the requester about every day of the exchange."""
    exchange = await storage.lock_exchange(work.connection, event.exchange_id)
    days = surveys.pulse_days(event.started_on, event.last)
    started = exchanges.moved(exchange, Phase.STARTED, first=days[0], last=days[-1])
    await storage.save_exchange(work.connection, started)
    version = instruments.current(SurveyKind.PULSE).version
    await _ask(work, surveys.pulse_surveys(started, days, version, work.today, work.new_id))


async def ask_after(work: UnitOfWork, event: ExchangeCompleted) -> None:
    """Ask both sides what they took home."""
    exchange = await storage.lock_exchange(work.connection, event.exchange_id)
    completed = exchanges.moved(exchange, Phase.COMPLETED, completed_on=event.completed_on)
    await storage.save_exchange(work.connection, completed)
    version = instruments.current(SurveyKind.AFTER).version
    await _ask(work, surveys.after_surveys(completed, version, event.completed_on, work.today, work.new_id))


async def cancel_exchange(work: UnitOfWork, event: ExchangeCancelled) -> None:
    """Excuse everybody who was still asked. What was answered stays."""
    exchange = await storage.lock_exchange(work.connection, event.exchange_id)
    await storage.save_exchange(work.connection, exchanges.moved(exchange, Phase.CANCELLED))
    unanswered = await storage.lock_surveys_of(work.connection, exchange.exchange_id, UNANSWERED, list(SurveyKind))
    waived = [surveys.waived(survey, CANCELLED) for survey in unanswered]
    await storage.save_surveys(work.connection, waived)
    for survey in waived:
        work.announce(surveys.waived_event(survey), case=survey.application_id)


async def _ask(work: UnitOfWork, opened: Sequence[Survey]) -> None:
    await storage.insert_surveys(work.connection, opened)
    for survey in opened:
        work.announce(surveys.opened_event(survey), case=survey.application_id)
