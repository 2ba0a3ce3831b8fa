"""Who may do what with an exchange. Whatever is not listed is denied."""

from enum import StrEnum

from services.exchange.rules.values import Exchange
from shared.primitives.actor import Actor
from shared.primitives.terms import Role


class Action(StrEnum):
    """What can be asked for; the value completes the sentence "You may not …"."""

    READ = "read this exchange"
    DRAFT = "draft the terms of reference of this exchange"
    AGREE = "agree the terms of reference of this exchange"
    CONFIRM = "confirm that the association takes part in this exchange"
    SCHEDULE = "schedule this exchange"
    TICK = "keep the checklist of this exchange"
    DECLARE_READY = "declare this exchange ready"
    START = "start this exchange"
    COMPLETE = "complete this exchange"
    REPORT = "report on this exchange"
    FOLLOW_UP = "begin the follow-up of this exchange"
    CLOSE = "close this exchange"
    POSTPONE = "postpone this exchange"
    CONVERT = "convert this exchange to online"
    CANCEL = "cancel this exchange"


SIDES = frozenset({Action.READ, Action.DRAFT, Action.TICK, Action.REPORT})
ASSOCIATION = frozenset({Action.READ, Action.CONFIRM})
OPERATORS = frozenset({Action.READ})


def may(actor: Actor, action: Action, exchange: Exchange) -> bool:
    """Coordinators may do everything, the two sides and the named association their part, operators look."""
    if actor.has(Role.COORDINATOR):
        return True
    on_a_side = actor.speaks_for(exchange.requester_id) or actor.speaks_for(exchange.offerer_id)
    return (
        (action in SIDES and on_a_side and actor.has(Role.APPLICANT, Role.EXPERT))
        or (action in ASSOCIATION and actor.has(Role.ASSOCIATION) and actor.speaks_for(exchange.association_id))
        or (action in OPERATORS and actor.has(Role.OPERATOR))
    )
