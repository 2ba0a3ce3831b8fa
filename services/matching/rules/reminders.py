"""When a side that has not answered a proposal is reminded, and how long it still has.

The days are those written down when the proposal was published, so what was said then stays true when a calendar or
the policy changes.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.matching.rules.proposals import ACCEPTED_BY, Proposal
from shared.primitives.terms import Side


def reminder_days(working_days: Sequence[date]) -> tuple[date, ...]:
    """The working days that begin when half and when four fifths of the time have passed.

    Of ten these are the sixth and the ninth, with five and two days left. In very short times both are one day.
    """
    count = len(working_days)
    return tuple(dict.fromkeys(working_days[place] for place in (count // 2, count * 4 // 5) if count))


def next_reminder(working_days: Sequence[date], after: date) -> date | None:
    """The first day of a reminder that is later than `after`; None where none is left."""
    return next((day for day in reminder_days(working_days) if day > after), None)


def is_due(proposal: Proposal, today: date) -> bool:
    """Whether somebody is to be reminded today. After the last day nobody is: the proposal expires."""
    day = proposal.remind_on
    return proposal.is_open and day is not None and day <= today <= proposal.respond_by


def reminded(proposal: Proposal, today: date) -> Proposal:
    """The proposal after its reminder. Days of reminders that passed unseen are over, too: this one stands for them."""
    return replace(proposal, remind_on=next_reminder(proposal.working_days, today))


def days_left(proposal: Proposal, today: date) -> int:
    """On how many working days it can still be answered, today included."""
    return sum(day >= today for day in proposal.working_days)


def silent_sides(proposal: Proposal) -> tuple[Side, ...]:
    """The sides that have not answered an open proposal."""
    return tuple(side for side in Side if proposal.state is not ACCEPTED_BY[side])
