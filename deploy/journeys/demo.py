"""Puts the demo cases in place, each in the state that its script describes, and nothing twice.

What was done is written down in CONNECT_HOME/demo.json under the id of the key that the system signs its tokens with,
so that a load goes on where it was broken off, and one folder can serve several systems. Where that file is missing or
from elsewhere, a case that the portal shows under the same title counts as there and is left as it is.
"""

import fcntl
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

from deploy.cli.copy import OperatorClient
from deploy.errors import OperatorError
from deploy.journeys.desk import Desk, Who, open_desk
from deploy.journeys.journey import Journey, JourneyFailed, Step
from deploy.journeys.ledger import Ledger
from deploy.journeys.script import Script, read_script
from deploy.journeys.steps import steps_until
from deploy.journeys.timeline import READER
from shared.http.client import Refused, send
from shared.primitives.errors import TryAgain
from shared.primitives.terms import Role

SCRIPTS = Path(__file__).parent / "cases"
SHARED = SCRIPTS / "shared.toml"

Result = Literal["loaded", "completed", "there already", "found by its title"]


@dataclass(frozen=True)
class Loaded:
    """One demo case, and what the load did about it. `completed`: it had been broken off before."""

    number: int
    name: str
    title: str
    case_id: str
    shows: str
    result: Result
    seconds: float


@dataclass
class Loader:
    """One load of one system."""

    desk: Desk
    ledger: Ledger
    system: str
    seconds: float
    look_at: Callable[[str], str]

    async def load(self, tell: Callable[[Loaded], None]) -> list[Loaded]:
        """Every case in the order of its number, each told when it is in place. Raises JourneyFailed."""
        try:
            return await self._load(datetime.now(UTC).date(), tell)
        except (TryAgain, Refused) as error:
            raise JourneyFailed(f"What is there already could not be found out: {error}; load again later.") from error

    async def _load(self, today: date, tell: Callable[[Loaded], None]) -> list[Loaded]:
        if not await self._has_what_was_noted():
            self.ledger.forget(self.system)
        loaded = []
        for script in demo_scripts(today):
            begun = time.monotonic()
            case_id, result = await self._case(script, today)
            took, title = round(time.monotonic() - begun, 1), script.application.title
            loaded.append(Loaded(script.number or 0, script.name, title, case_id, script.shows, result, took))
            tell(loaded[-1])
        return loaded

    async def _case(self, script: Script, today: date) -> tuple[str, Result]:
        page = f"{self.system}/{script.name}"
        if case_id := self.ledger.fact(page, "case_id"):
            return case_id, "there already"
        begun_on = self.ledger.fact(page, "begun_on")
        if begun_on is None and (case_id := await self._titled(script.application.title)):
            await self._remember_organisations(script, case_id)
            return case_id, "found by its title"
        # Days that are counted from today stay the same when the load goes on tomorrow.
        on = date.fromisoformat(begun_on) if begun_on else today
        self.ledger.note(page, begun_on=on.isoformat())
        journey = Journey(
            read_script(SCRIPTS / f"{script.name}.toml", on, shared=SHARED),
            on,
            self.desk,
            self.ledger,
            page,
            self._shared_page,
            self.look_at,
        )
        await journey.play((*script_steps(script), Step("shown", "portal", _shown)), self.seconds)
        self.ledger.note(page, case_id=journey.case_id)
        return journey.case_id, "completed" if begun_on else "loaded"

    @property
    def _shared_page(self) -> str:
        return f"{self.system}/shared"

    async def _has_what_was_noted(self) -> bool:
        """Whether the cases of the ledger are there: the data may be gone although the key is the same."""
        for application_id in self.ledger.ids(self.system, "application", "application_id"):
            path = f"/v1/applications/{application_id}"
            if await self.desk.find(Who(Role.COORDINATOR), "intake", path) is None:
                return False
        return True

    async def _titled(self, title: str) -> str | None:
        """The case that the portal shows under this title."""
        page, pages = 1, 1
        while page <= pages:
            listed = await self.desk.look(READER, "portal", f"/v1/cases?page={page}")
            for case in listed["cases"]:
                if case["title"] == title:
                    return str(case["case_id"])
            page, pages = page + 1, listed["pages"]
        return None

    async def _remember_organisations(self, script: Script, case_id: str) -> None:
        """Those of a case that was found, so that the other cases don't register them again."""
        case = await self.desk.look(READER, "portal", f"/v1/cases/{case_id}")
        ids = {one["name"]: one["organisation_id"] for one in case["organisations"]}
        for name in script.bodies:
            if known := ids.get(script.organisations[name].name):
                self.ledger.keep(self._shared_page, f"organisation/{name}", {"id": known})


def demo_scripts(today: date) -> list[Script]:
    """The scripts of all demo cases, in the order of their numbers."""
    files = (file for file in SCRIPTS.glob("*.toml") if file != SHARED)
    return sorted((read_script(file, today, shared=SHARED) for file in files), key=lambda script: script.number or 0)


def script_steps(script: Script) -> tuple[Step, ...]:
    """The steps that a script takes; without an offerer it is about a search that finds nobody."""
    return steps_until(script.until, matched=script.offerer is not None)


@asynccontextmanager
async def open_loader(
    home: Path, urls: Mapping[str, str], client: OperatorClient, *, seconds: float, look_at: Callable[[str], str]
) -> AsyncIterator[Loader]:
    """A loader for the system at these addresses. Raises OperatorError if that can't be used or a load is going on."""
    with _ledger(home) as ledger:
        async with open_desk(urls, client) as desk:
            await desk.check()
            keys = await desk.until(lambda: send(desk.http, "GET", f"{urls['portal']}/.well-known/jwks.json"))
            yield Loader(desk, ledger, keys["keys"][0]["kid"], seconds, look_at)


@contextmanager
def _ledger(home: Path) -> Iterator[Ledger]:
    """The ledger of the folder, held by one load at a time."""
    file = home / "demo.json"
    with ExitStack() as held:
        try:
            home.mkdir(parents=True, exist_ok=True, mode=0o700)
            fcntl.flock(held.enter_context((home / "demo.lock").open("w")), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OperatorError(f"The demo cases are being loaded from {home} already: wait for that load.") from error
        except OSError as error:
            raise OperatorError(f"{home} can't be written ({error.strerror}): set CONNECT_HOME to another.") from error
        yield Ledger(file, _pages(file))


def _pages(file: Path) -> dict[str, dict[str, Any]]:
    try:
        pages: dict[str, dict[str, Any]] = json.loads(file.read_text()) if file.exists() else {}
        return pages
    except ValueError as error:
        raise OperatorError(f"{file} can't be read: delete it, since cases can be found by their titles.") from error


async def _shown(journey: Journey) -> None:
    async def look() -> bool | None:
        case = await journey.desk.find(READER, "portal", f"/v1/cases/{journey.case_id}")
        state = case["state"] if case else "not there"
        journey.desk.trouble = f"the portal shows it as {state}, not as {journey.script.shows}"
        return True if state == journey.script.shows else None

    await journey.desk.until(look)
