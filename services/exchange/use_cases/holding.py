"""From the first day to the close."""

from services.exchange import rules
from services.exchange.rules import Action, ExchangeView, Report
from services.exchange.use_cases.commands import CompleteExchange, OneExchange, ReportExchange, StartExchange
from services.exchange.use_cases.steps import locked, told
from shared.events.exchange import (
    ExchangeClosed,
    ExchangeCompleted,
    ExchangeFollowedUp,
    ExchangeReported,
    ExchangeStarted,
)
from shared.postgres.unit_of_work import UnitOfWork


async def start_exchange(work: UnitOfWork, command: StartExchange) -> ExchangeView:
    """Say that the exchange is under way."""
    exchange = await locked(work, command.exchange_id, Action.START)
    started = rules.started(exchange, command.on, work.today)
    event = ExchangeStarted(
        exchange_id=started.id,
        application_id=started.application_id,
        started_on=command.on,
        last=started.plan.last,
    )
    return await told(work, exchange, started, event)


async def complete_exchange(work: UnitOfWork, command: CompleteExchange) -> ExchangeView:
    """Say that the last day is over."""
    exchange = await locked(work, command.exchange_id, Action.COMPLETE)
    completed = rules.completed(exchange, command.on, work.today)
    event = ExchangeCompleted(
        exchange_id=completed.id,
        application_id=completed.application_id,
        completed_on=command.on,
        days=rules.days_held(completed),
    )
    return await told(work, exchange, completed, event)


async def report_exchange(work: UnitOfWork, command: ReportExchange) -> ExchangeView:
    """Hand in the report."""
    exchange = await locked(work, command.exchange_id, Action.REPORT)
    language = command.language or exchange.title_language
    report = Report(command.summary, language, command.recommendations, command.conclusions)
    reported = rules.reported(exchange, report)
    event = ExchangeReported(exchange_id=reported.id, application_id=reported.application_id)
    return await told(work, exchange, reported, event)


async def follow_up_exchange(work: UnitOfWork, command: OneExchange) -> ExchangeView:
    """Begin the follow-up: what was learned is put to use."""
    exchange = await locked(work, command.exchange_id, Action.FOLLOW_UP)
    followed_up = rules.followed_up(exchange)
    event = ExchangeFollowedUp(
        exchange_id=followed_up.id,
        application_id=followed_up.application_id,
        actions=len(followed_up.actions),
    )
    return await told(work, exchange, followed_up, event)


async def close_exchange(work: UnitOfWork, command: OneExchange) -> ExchangeView:
    """Say that nothing is left to be done."""
    exchange = await locked(work, command.exchange_id, Action.CLOSE)
    closed = rules.closed(exchange)
    event = ExchangeClosed(exchange_id=closed.id, application_id=closed.application_id)
    return await told(work, exchange, closed, event)
