"""What this service does with the events that it hears.

Events of different topics have no common order, so each of these says what happens if its event comes too early.
"""

from services.exchange import rules, storage
from services.exchange.rules import BeforeSurvey, OwnedAction
from services.exchange.use_cases.steps import saved
from shared.events.evaluation import ActionAgreed, EvaluationSubmitted, SurveyKind, SurveyWaived
from shared.events.exchange import ExchangePlanned
from shared.events.intake import MemberRegistered, OrganisationRegistered
from shared.events.matching import MatchConfirmed
from shared.postgres.unit_of_work import UnitOfWork


async def note_organisation(work: UnitOfWork, event: OrganisationRegistered) -> None:
    """Keep what is needed to check who takes part."""
    await storage.keep_organisation(work.connection, event.organisation_id, event.kind, event.association_id)


async def note_member(work: UnitOfWork, event: MemberRegistered) -> None:
    """Keep where a member belongs."""
    await storage.keep_member(work.connection, event.member_id, event.organisation_id)


async def plan_exchange(work: UnitOfWork, event: MatchConfirmed) -> None:
    """Plan the exchange of a confirmed match. Its organisations may still be unknown here; agreeing checks them."""
    exchange = rules.planned(event, work.new_id())
    await storage.add_exchange(work.connection, exchange)
    await storage.add_change(
        work.connection,
        exchange.id,
        rules.Change(work.now, work.actor.account, ExchangePlanned.__name__, None, exchange.state),
    )
    work.announce(
        ExchangePlanned(
            exchange_id=exchange.id,
            application_id=exchange.application_id,
            proposal_id=exchange.proposal_id,
            requester_id=exchange.requester_id,
            offerer_id=exchange.offerer_id,
            host_id=exchange.host_id,
            themes=exchange.themes,
            title=exchange.title,
            title_language=exchange.title_language,
            mode=exchange.mode,
            first=exchange.plan.first,
            last=exchange.plan.last,
        ),
        case=exchange.application_id,
    )


# Evaluation learns an exchange's id from our own ExchangePlanned, which was committed together with the exchange. So
# the three events below can't come too early, and an id that is unknown will not become known by waiting. It is refused
# (`NotFound` is a `Rejected`): a dead letter with its key parked, while a `TryAgain` would hold up a whole partition.


async def note_evaluation(work: UnitOfWork, event: EvaluationSubmitted) -> None:
    """Remember that the requester answered the survey before the exchange; other surveys stop nothing here."""
    await _note_before_survey(work, event, BeforeSurvey.SUBMITTED)


async def note_waiver(work: UnitOfWork, event: SurveyWaived) -> None:
    """Remember that the requester need not answer the survey before the exchange."""
    await _note_before_survey(work, event, BeforeSurvey.WAIVED)


async def note_action(work: UnitOfWork, event: ActionAgreed) -> None:
    """Count an action that somebody owns."""
    exchange = await storage.lock_exchange(work.connection, event.exchange_id)
    action = OwnedAction(event.action_id, event.owner_id, event.due)
    await storage.add_action(work.connection, exchange.id, action)


async def _note_before_survey(
    work: UnitOfWork, event: EvaluationSubmitted | SurveyWaived, became: BeforeSurvey
) -> None:
    if event.kind is not SurveyKind.BEFORE:
        return
    exchange = await storage.lock_exchange(work.connection, event.exchange_id)
    if event.respondent_id != exchange.requester_id:
        return
    after = rules.with_before_survey(exchange, became)
    if after != exchange:
        await saved(work, exchange, after, type(event).__name__)
