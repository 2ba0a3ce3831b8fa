"""The table that says what a service does with the events that it hears."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.events.base import Event
from shared.events.envelope import Envelope
from shared.postgres.unit_of_work import UnitOfWork

Reaction = Callable[[UnitOfWork, Any], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Batched:
    """A reaction for a hot event: it gets all consecutive events of its kind in a batch at once, in their order.

    The unit of work has no `cause` then, since there are several. Where a batch is taken carefully or a key is parked,
    and at a replay, it gets one event at a time, with its `cause`, like any other reaction.
    """

    use_case: Callable[[UnitOfWork, Sequence[Envelope]], Awaitable[object]]


Reactions = Mapping[type[Event], Reaction | Batched]
