"""From the facts that were heard of one case to its parts.

Facts of one aggregate count in the order of their sequence. Facts of different aggregates come over different topics,
in any order, so the result never depends on their order among each other: a part is built from its own facts alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import groupby
from typing import TypeVar
from uuid import UUID

from services.portal.rules import steps
from services.portal.rules.parts import Application, Exchange, Parts, Practice, Proposal, Search, Survey
from shared.events.base import Event

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Fact:
    """One event of a case. `position` is the place of its arrival; `sequence` counts within its topic and subject."""

    position: int
    event_id: UUID
    topic: str
    subject: str
    sequence: int
    time: datetime
    event: Event


def parts_of(facts: Iterable[Fact]) -> Parts:
    """The parts of a case from all that was heard of it, whatever the order of arrival."""
    ordered = sorted(facts, key=lambda fact: (fact.topic, fact.subject, fact.sequence))
    applications = _each(ordered, "intake.applications", lambda _: Application(), steps.application)
    searches = _each(ordered, "matching.searches", lambda _: Search(), steps.search)
    proposals = _each(ordered, "matching.proposals", Proposal, steps.proposal)
    return Parts(
        application=next(iter(applications), Application()),
        search=next(iter(searches), Search()),
        proposals=tuple(sorted(proposals, key=lambda proposal: (proposal.rank is None, proposal.rank))),
        exchanges=_each(ordered, "exchange.exchanges", Exchange, steps.exchange),
        surveys=_each(ordered, "evaluation.surveys", Survey, steps.survey),
        actions=tuple(a for a in _each(ordered, "evaluation.actions", lambda _: None, steps.action) if a is not None),
        practices=_each(ordered, "evaluation.practices", Practice, steps.practice),
    )


def _each(ordered: list[Fact], topic: str, start: Callable[[UUID], T], step: Callable[[T, Event], T]) -> tuple[T, ...]:
    """Every aggregate of a topic, folded from its facts."""
    of_topic = (fact for fact in ordered if fact.topic == topic)
    return tuple(
        reduce(step, (fact.event for fact in facts), start(UUID(subject)))
        for subject, facts in groupby(of_topic, key=lambda fact: fact.subject)
    )
