"""A practice: what others can reuse, and what did not work."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.evaluation.rules.codes import require_code
from services.evaluation.rules.exchanges import Exchange, completed_day
from services.evaluation.rules.states import require_step
from shared.events.evaluation import PracticeDrafted, PracticePublished, PracticeReturned
from shared.primitives.errors import FieldProblem, Invalid, WrongState
from shared.vocabulary.languages import language
from shared.vocabulary.lookup import UnknownTerm

LONGEST_TITLE = 100
LONGEST_TEXT = 5000


class PracticeState(StrEnum):
    """Where a practice is on its way to readers."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ASSOCIATION_CHECK = "association-check"
    EXPERT_REVIEW = "expert-review"
    REVISION = "revision"
    PUBLISHED = "published"
    REVIEW_DUE = "review-due"
    UPDATED = "updated"
    ARCHIVED = "archived"
    REJECTED = "rejected"


S = PracticeState
# The association publishes or asks for a revision, which comes back to whoever asked for it.
TRANSITIONS: Mapping[PracticeState, frozenset[PracticeState]] = {
    S.DRAFT: frozenset({S.SUBMITTED}),
    S.SUBMITTED: frozenset({S.ASSOCIATION_CHECK}),
    S.ASSOCIATION_CHECK: frozenset({S.EXPERT_REVIEW, S.REVISION, S.PUBLISHED, S.REJECTED}),
    S.EXPERT_REVIEW: frozenset({S.REVISION, S.PUBLISHED, S.REJECTED}),
    S.REVISION: frozenset({S.ASSOCIATION_CHECK, S.EXPERT_REVIEW}),
    S.PUBLISHED: frozenset({S.REVIEW_DUE}),
    S.REVIEW_DUE: frozenset({S.UPDATED, S.ARCHIVED}),
    S.UPDATED: frozenset({S.REVIEW_DUE}),
    S.ARCHIVED: frozenset(),
    S.REJECTED: frozenset(),
}


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the authors write. `evidence` says what shows it: figures, documents, links."""

    title: str
    title_language: str
    what_worked: str
    what_did_not: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Practice:
    """`reason` is the code of the last return."""

    practice_id: UUID
    exchange_id: UUID
    application_id: UUID
    association_id: UUID
    themes: tuple[str, ...]
    lesson: Lesson
    state: PracticeState = PracticeState.DRAFT
    reason: str | None = None
    published_on: date | None = None


def moved(practice: Practice, to: PracticeState, **changes: Any) -> Practice:
    """The practice in its next state. Raises `WrongState` where the table has no such step."""
    require_step(TRANSITIONS, "practice", practice.state, to)
    return replace(practice, state=to, **changes)


def submitted(exchange: Exchange, practice_id: UUID, lesson: Lesson) -> Practice:
    """A practice of a completed exchange, handed to its association for the check.

    Raises `WrongState` before the completion or without an association, `Invalid` naming each part that is missing.
    """
    completed_day(exchange)
    if exchange.association_id is None:
        raise WrongState(
            "exchange-without-association", "Name the association of the exchange first: it checks practices."
        )
    _require_whole(lesson)
    draft = Practice(
        practice_id=practice_id,
        exchange_id=exchange.exchange_id,
        application_id=exchange.application_id,
        association_id=exchange.association_id,
        themes=exchange.themes,
        lesson=lesson,
    )
    return moved(moved(draft, PracticeState.SUBMITTED), PracticeState.ASSOCIATION_CHECK)


def revised(practice: Practice, lesson: Lesson) -> Practice:
    """The practice after a return, handed in again. Raises `WrongState` unless it was returned."""
    again = moved(practice, PracticeState.ASSOCIATION_CHECK, lesson=lesson)
    _require_whole(lesson)
    return again


def published(practice: Practice, today: date) -> Practice:
    """The practice as everybody may read it."""
    return moved(practice, PracticeState.PUBLISHED, published_on=today, reason=None)


def returned(practice: Practice, reason: str | None) -> Practice:
    """The practice back at its authors, with the code of the reason. Raises `Invalid` without one."""
    again = moved(practice, PracticeState.REVISION, reason=reason)
    require_code("/reason", reason or "")
    return again


def _require_whole(lesson: Lesson) -> None:
    problems = tuple(_problems(lesson))
    if problems:
        raise Invalid("practice-incomplete", "Some parts of the practice are missing or wrong.", fields=problems)


def _problems(lesson: Lesson) -> Iterator[FieldProblem]:
    limits = {
        "title": LONGEST_TITLE,
        "what_worked": LONGEST_TEXT,
        "what_did_not": LONGEST_TEXT,
        "evidence": LONGEST_TEXT,
    }
    for name, longest in limits.items():
        text = getattr(lesson, name)
        if not text.strip():
            yield FieldProblem(f"/{name}", "missing", "Write this part: others learn from all four.")
        elif len(text) > longest:
            yield FieldProblem(f"/{name}", "too-long", f"Use {longest} characters or fewer.")
    try:
        language(lesson.title_language)
    except UnknownTerm as unknown:
        yield FieldProblem(
            "/title_language", "unknown-language", f"{unknown}. Give a language tag such as en or pt-BR."
        )


def drafted_event(practice: Practice) -> PracticeDrafted:
    """What is announced when a practice comes to the association's check."""
    return PracticeDrafted(
        practice_id=practice.practice_id,
        exchange_id=practice.exchange_id,
        application_id=practice.application_id,
        association_id=practice.association_id,
    )


def returned_event(practice: Practice) -> PracticeReturned:
    """What is announced when the association asks for a revision."""
    return PracticeReturned(
        practice_id=practice.practice_id,
        exchange_id=practice.exchange_id,
        application_id=practice.application_id,
        reason=practice.reason or "",
    )


def published_event(practice: Practice) -> PracticePublished:
    """What is announced when the practice is public."""
    return PracticePublished(
        practice_id=practice.practice_id,
        exchange_id=practice.exchange_id,
        application_id=practice.application_id,
        association_id=practice.association_id,
        title=practice.lesson.title,
        title_language=practice.lesson.title_language,
        themes=practice.themes,
        published_on=practice.published_on,
    )
