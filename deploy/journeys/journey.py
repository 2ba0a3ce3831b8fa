"""One case on its way: what is known of it so far, and who asks for what."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from deploy.errors import OperatorError
from deploy.journeys.desk import Desk, Order, Who
from deploy.journeys.ledger import Ledger
from deploy.journeys.script import Script
from shared.http.client import Refused
from shared.primitives.terms import Role

T = TypeVar("T")


class JourneyFailed(Exception):
    """The case did not get to its end. The text is one sentence that says which step failed, and where to look."""


@dataclass(frozen=True)
class Step:
    """One step. `service` is where it happens, and so where to look if it does not."""

    name: str
    service: str
    take: Callable[["Journey"], Awaitable[None]]


@dataclass
class Journey:
    """A script that is being played, as if it were `today`.

    `page` is its place in the ledger, `shared_page` that of what several scripts have in common; `look_at` says where
    the log of a service is.
    """

    script: Script
    today: date
    desk: Desk
    ledger: Ledger
    page: str
    shared_page: str
    look_at: Callable[[str], str]
    organisations: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)
    case_id: str = ""
    offer_id: str = ""
    proposal_id: str = ""
    exchange_id: str = ""
    practice_id: str = ""
    step: Step | None = None

    async def play(self, steps: Sequence[Step], seconds: float) -> None:
        """Take the steps in their order. Raises JourneyFailed if one is refused or does not come about in time."""
        try:
            async with asyncio.timeout(seconds):
                for step in steps:
                    self.step = step
                    self.desk.trouble = ""
                    await step.take(self)
        except TimeoutError as error:
            trouble = f" ({self.desk.trouble})" if self.desk.trouble else ""
            raise JourneyFailed(self._sentence(f"was not done when {seconds:g} s were over{trouble}")) from error
        except Refused as refused:
            detail = refused.detail.rstrip(".")
            raise JourneyFailed(self._sentence(f"was refused ({refused.status} {refused.code}: {detail})")) from refused

    async def order(self, who: Who, order: Order, key: str, *, shared: bool = False) -> dict[str, str]:
        """Carry out an order, unless the ledger says that it was; returns the ids in its reply."""
        page = self.shared_page if shared else self.page
        known = self.ledger.reply(page, key)
        if known is not None:
            return known
        return self.ledger.keep(page, key, await self.desk.command(who, order, key=f"{page}/{key}"))

    async def look(self, service: str, path: str) -> Any:
        """What the coordinator sees at a path, for use within `until`."""
        return await self.desk.look(self.coordinator, service, path)

    async def get(self, service: str, path: str) -> Any:
        """The same, as soon as the service answers."""
        return await self.desk.until(lambda: self.look(service, path))

    @property
    def coordinator(self) -> Who:
        """Who runs matching and logistics."""
        return Who(Role.COORDINATOR)

    @property
    def requester(self) -> Who:
        """Who applies."""
        return Who(Role.APPLICANT, self.organisations[self.script.requester], self.people[self.script.contact])

    @property
    def offerer(self) -> Who:
        """Who offers."""
        return Who(Role.EXPERT, self.organisations[self.offerer_name], self.people[self.expert_name])

    @property
    def association(self) -> Who:
        """The officer of the association that takes part."""
        return Who(Role.ASSOCIATION, self.organisations[self.script.association])

    def reviewer(self, name: str) -> Who:
        """One of those who review."""
        return Who(Role.REVIEWER, self.organisations[self.script.people[name].organisation], self.people[name])

    @property
    def offerer_name(self) -> str:
        """The offering organisation in the script."""
        return written(self.script.offerer, "offerer")

    @property
    def expert_name(self) -> str:
        """The person who offers, in the script."""
        return written(self.script.expert, "expert")

    def _sentence(self, what: str) -> str:
        step = self.step
        assert step is not None
        return f"The step {step.name} in {step.service} {what}: see {self.look_at(step.service)}."


def written(part: T | None, name: str) -> T:
    """The part of a script that a step needs. Raises OperatorError if the script lacks it."""
    if part is None:
        raise OperatorError(f"The script has no {name}, which this step needs: write it, or stop before with `until`.")
    return part
