"""From a lesson to a published practice."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.evaluation import rules, storage
from services.evaluation.rules import Deed, practices
from services.evaluation.rules.practices import Lesson, Practice
from services.evaluation.rules.views import PracticeView, practice_view
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import require


@dataclass(frozen=True, slots=True)
class DraftPractice:
    """Write down what a completed exchange teaches."""

    exchange_id: UUID
    lesson: Lesson


@dataclass(frozen=True, slots=True)
class RevisePractice:
    """Send a returned practice in again."""

    practice_id: UUID
    lesson: Lesson


@dataclass(frozen=True, slots=True)
class CheckPractice:
    """The association's word. A return needs a reason (code)."""

    practice_id: UUID
    decision: Literal["publish", "return"]
    reason: str | None = None


async def draft_practice(work: UnitOfWork, command: DraftPractice) -> PracticeView:
    """Hand a practice to the association of its exchange."""
    exchange = await storage.find_exchange(work.connection, command.exchange_id)
    require(rules.may(work.actor, Deed.WRITE_PRACTICE, exchange), Deed.WRITE_PRACTICE)
    practice = practices.submitted(exchange, work.new_id(), command.lesson)
    await storage.insert_practice(work.connection, practice)
    work.announce(practices.drafted_event(practice), case=practice.application_id)
    return await _view(work, practice)


async def revise_practice(work: UnitOfWork, command: RevisePractice) -> PracticeView:
    """Hand a returned practice to the association again."""
    practice = await storage.lock_practice(work.connection, command.practice_id)
    exchange = await storage.find_exchange(work.connection, practice.exchange_id)
    require(rules.may(work.actor, Deed.WRITE_PRACTICE, exchange), Deed.WRITE_PRACTICE)
    revised = practices.revised(practice, command.lesson)
    await storage.save_practice(work.connection, revised)
    work.announce(practices.drafted_event(revised), case=revised.application_id)
    return await _view(work, revised)


async def check_practice(work: UnitOfWork, command: CheckPractice) -> PracticeView:
    """Publish a practice, or return it to its authors."""
    practice = await storage.lock_practice(work.connection, command.practice_id)
    require(rules.may(work.actor, Deed.CHECK_PRACTICE, practice), Deed.CHECK_PRACTICE)
    if command.decision == "publish":
        checked = practices.published(practice, work.today)
        work.announce(practices.published_event(checked), case=checked.application_id)
    else:
        checked = practices.returned(practice, command.reason)
        work.announce(practices.returned_event(checked), case=checked.application_id)
    await storage.save_practice(work.connection, checked)
    return await _view(work, checked)


async def _view(work: UnitOfWork, practice: Practice) -> PracticeView:
    return practice_view(practice, await storage.names_of(work.connection, [practice.association_id]))
