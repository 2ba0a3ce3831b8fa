"""The order in which a case's facts are told."""

from collections.abc import Iterable, Mapping

from services.portal.rules.heard import Fact
from shared.events import evaluation, exchange, intake, matching
from shared.events.base import Event

# What can only have happened after something else, across aggregates. Within one aggregate the sequence says it.
_AFTER: Mapping[type[Event], tuple[type[Event], ...]] = {
    matching.MatchProposed: (intake.ApplicationValidated,),
    matching.CandidatesFound: (intake.ApplicationValidated,),
    matching.NoMatchFound: (intake.ApplicationValidated,),
    matching.SearchRelaxed: (matching.NoMatchFound,),
    matching.CallOpened: (intake.ApplicationValidated,),
    exchange.ExchangePlanned: (matching.MatchConfirmed,),
    evaluation.SurveyOpened: (exchange.ExchangePlanned,),
    evaluation.ActionAgreed: (exchange.ExchangePlanned,),
    evaluation.PracticeDrafted: (exchange.ExchangePlanned,),
    intake.ApplicationClosed: (exchange.ExchangeClosed, exchange.ExchangeCancelled, matching.NoMatchFound),
}


def told_in_order(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts, oldest first.

    Within an aggregate the sequence decides, across aggregates what must have come before what, and only where both are
    silent the time that the event claims, then its arrival. Arrival alone would tell a case topic by topic after the
    read model was built anew; clocks alone could tell an effect before its cause.
    """
    waiting = sorted(facts, key=lambda fact: (fact.time, fact.position))
    told: list[Fact] = []
    while waiting:
        free = next((fact for fact in waiting if not _must_wait(fact, waiting)), waiting[0])
        waiting.remove(free)
        told.append(free)
    return tuple(told)


def _must_wait(fact: Fact, waiting: list[Fact]) -> bool:
    causes = _AFTER.get(type(fact.event), ())
    return any(
        isinstance(other.event, causes) or (_aggregate(other) == _aggregate(fact) and other.sequence < fact.sequence)
        for other in waiting
        if other is not fact
    )


def _aggregate(fact: Fact) -> tuple[str, str]:
    return fact.topic, fact.subject
