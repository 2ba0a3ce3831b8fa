"""What monitor does about what it hears: everything that the catalogue lists is recorded."""

from services.monitor import use_cases
from shared.events.catalogue import CATALOGUE
from shared.events.dead_letters import DeadLetterSettled, EventDeadLettered
from shared.streaming.reactions import Batched, Reactions

RECORD = Batched(use_cases.record_events)

REACTIONS: Reactions = {entry.event: RECORD for entry in CATALOGUE} | {
    EventDeadLettered: use_cases.record_dead_letter,
    DeadLetterSettled: use_cases.record_settlement,
}
