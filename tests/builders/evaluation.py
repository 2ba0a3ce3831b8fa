"""Exchanges, answers and people as evaluation meets them: complete and acceptable unless a test says otherwise."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from services.evaluation.rules.answers import Answers, Rated
from services.evaluation.rules.exchanges import Exchange
from services.evaluation.rules.instruments import AnswerKind, current
from services.evaluation.rules.practices import Lesson
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
from shared.primitives.actor import Actor
from shared.primitives.ids import new_id
from shared.primitives.terms import Mode, Role

REQUESTER, OFFERER, ASSOCIATION, STRANGER = (UUID(int=number) for number in (1, 2, 3, 4))
FIRST, LAST = date(2026, 5, 18), date(2026, 5, 20)

APPLICANT = Actor("applicant", frozenset({Role.APPLICANT}), organisation_id=REQUESTER)
EXPERT = Actor("expert", frozenset({Role.EXPERT}), organisation_id=OFFERER)
OFFICER = Actor("officer", frozenset({Role.ASSOCIATION}), organisation_id=ASSOCIATION)
COORDINATOR = Actor("coordinator", frozenset({Role.COORDINATOR}))
OUTSIDER = Actor("outsider", frozenset({Role.APPLICANT, Role.ASSOCIATION}), organisation_id=STRANGER)


def an_exchange(**changes: Any) -> Exchange:
    """The copy of an expert mission that is planned for three days, with its association."""
    facts: dict[str, Any] = {
        "exchange_id": new_id(),
        "application_id": new_id(),
        "requester_id": REQUESTER,
        "offerer_id": OFFERER,
        "association_id": ASSOCIATION,
        "mode": Mode.EXPERT_MISSION,
        "themes": ("waste",),
        "title": "Sorting waste at home",
        "title_language": "en",
        "first": FIRST,
        "last": LAST,
    }
    return Exchange(**(facts | changes))


class AnExchange:
    """The events of one exchange, each ready to be told."""

    def __init__(self, first: date = FIRST, last: date = LAST, requester_id: UUID = REQUESTER) -> None:
        self.ids: Mapping[str, UUID] = {"exchange_id": new_id(), "application_id": new_id()}
        self.exchange_id, self.application_id = self.ids["exchange_id"], self.ids["application_id"]
        self.first, self.last, self.requester_id = first, last, requester_id

    def planned(self) -> ExchangePlanned:
        return ExchangePlanned(
            **self.ids,
            proposal_id=new_id(),
            requester_id=self.requester_id,
            offerer_id=OFFERER,
            host_id=self.requester_id,
            themes=("waste",),
            title="Sorting waste at home",
            title_language="en",
            mode=Mode.EXPERT_MISSION,
            first=self.first,
            last=self.last,
        )

    def agreed(self) -> ExchangeAgreed:
        sides = (self.requester_id, OFFERER)
        return ExchangeAgreed(**self.ids, association_id=ASSOCIATION, organisations=sides)

    def scheduled(self, first: date, last: date) -> ExchangeScheduled:
        return ExchangeScheduled(**self.ids, first=first, last=last, participants=4, online=False)

    def postponed(self, first: date, last: date) -> ExchangePostponed:
        return ExchangePostponed(**self.ids, first=first, last=last, reason="flood")

    def started(self) -> ExchangeStarted:
        return ExchangeStarted(**self.ids, started_on=self.first, last=self.last)

    def completed(self) -> ExchangeCompleted:
        return ExchangeCompleted(**self.ids, completed_on=self.last, days=(self.last - self.first).days + 1)

    def cancelled(self) -> ExchangeCancelled:
        return ExchangeCancelled(**self.ids, proposal_id=new_id(), reason="visa-refused")


def whole_answers(kind: SurveyKind, value: int = 4, **ratings: int) -> Answers:
    """Every item answered: rated `value`, or as named with underscores for hyphens (`useful_today=2`)."""
    instrument = current(kind)
    named = {name.replace("_", "-"): rating for name, rating in ratings.items()}
    rated = tuple(Rated(item, named.get(item, value)) for item in instrument.of(AnswerKind.RATING))
    texts = dict.fromkeys(instrument.of(AnswerKind.TEXT), "Shown on the second day.")
    return Answers(rated, texts, 12.5 if instrument.of(AnswerKind.NUMBER) else None)


def a_lesson(**changes: str) -> Lesson:
    """A practice with all its parts."""
    facts = {
        "title": "Sorting waste at home",
        "title_language": "en",
        "what_worked": "Households sort in three bins.",
        "what_did_not": "Fines: nobody paid them.",
        "evidence": "Tonnes at the landfill, 2024 and 2025.",
    }
    return Lesson(**(facts | changes))
