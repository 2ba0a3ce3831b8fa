"""The logistics checklist: what must be arranged for a plan, and for whom."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.exchange.rules.states import require_state
from services.exchange.rules.values import ChecklistEntry, Exchange, Item, Plan, State
from shared.primitives.errors import FieldProblem, Invalid, WrongState

FOR_ALL = (Item.INTERPRETATION, Item.ACCESSIBILITY, Item.SAFETY)
PER_TRAVELLER = (Item.VISA_LETTER, Item.TRAVEL, Item.LODGING, Item.INSURANCE, Item.PER_DIEM)
# Some things, such as a per-diem, are settled only when the exchange is under way.
TICKING = frozenset({State.PREPARING, State.READY, State.IN_PROGRESS})


def checklist_for(plan: Plan, host_id: UUID) -> tuple[ChecklistEntry, ...]:
    """Everything to arrange, with nothing done: for the whole exchange, then for everybody who travels."""
    for_all = [ChecklistEntry(item) for item in FOR_ALL]
    return (*for_all, *(ChecklistEntry(item, number) for number in plan.travellers(host_id) for item in PER_TRAVELLER))


def without_travel(checklist: tuple[ChecklistEntry, ...]) -> tuple[ChecklistEntry, ...]:
    """What is left to arrange when nobody travels; what is done stays done."""
    return tuple(entry for entry in checklist if entry.participant is None)


def is_safe(exchange: Exchange) -> bool:
    """Whether the safety of this plan was checked."""
    return any(entry.item is Item.SAFETY and entry.done_on is not None for entry in exchange.checklist)


def ticked(exchange: Exchange, item: Item, participant: int | None, done: bool, today: date) -> Exchange:
    """The item done, or open again: for one participant, or for everybody where none is named.

    What was done before keeps its day. Raises `Invalid` if the checklist does not hold it.
    """
    require_state(exchange, TICKING, "the checklist is kept")
    if item is Item.SAFETY and not done and exchange.state is not State.PREPARING:
        detail = (
            "The exchange was declared ready because it is safe. If it no longer is, postpone, convert or cancel it."
        )
        raise WrongState("safety-needed", detail)
    meant = {e for e in exchange.checklist if e.item is item and participant in (None, e.participant)}
    if not meant:
        detail = f"The checklist of this exchange has no {item} here: look at its entries."
        place = FieldProblem("/item" if participant is None else "/participant", "not-on-checklist", detail)
        raise Invalid("not-on-checklist", detail, fields=(place,))
    return replace(exchange, checklist=tuple(_set(e, done, today) if e in meant else e for e in exchange.checklist))


def _set(entry: ChecklistEntry, done: bool, today: date) -> ChecklistEntry:
    return replace(entry, done_on=(entry.done_on or today) if done else None)
