"""`connect demo load` on real processes: every case in its state, nothing twice, on from where it was broken off."""

import fcntl
import json
import signal
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import pytest

from deploy.journeys.demo import demo_scripts
from shared.events.intake import ApplicationSubmitted, OrganisationRegistered
from tests.e2e.services import RunningServices
from tests.e2e.topics import events_on

pytestmark = [pytest.mark.servers, pytest.mark.timeout(420), pytest.mark.xdist_group("running services")]

TITLES = {script.application.title for script in demo_scripts(datetime.now(UTC).date())}


def load(services: RunningServices) -> list[Any]:
    """A load that must succeed."""
    done = services.connect("demo", "load", "--json")
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)
    assert outcome["problem"] is None
    cases: list[Any] = outcome["cases"]
    return cases


def on_topics(services: RunningServices) -> Mapping[str, int]:
    return Counter(envelope.entry.type for envelope in events_on(services))


@pytest.fixture(scope="module")
def loaded(running_services: RunningServices) -> list[Any]:
    """Loaded in two goes: the first was killed in the middle of a case."""
    with running_services.connecting("demo", "load") as running:
        assert running.stdout is not None
        lines = list(islice(running.stdout, 3))
        running.send_signal(signal.SIGKILL)
    assert [line.split()[0] for line in lines] == ["1", "2", "3"]
    return load(running_services)


def test_a_load_that_was_broken_off_goes_on_where_it_stopped(loaded: list[Any]) -> None:
    results = [case["result"] for case in loaded]
    # Between the third line and the kill the fourth case may have come to its end.
    assert results[:3] == ["there already"] * 3
    assert results[3] in {"there already", "completed", "loaded"}
    assert results[4] in {"completed", "loaded"}
    assert results[5:] == ["loaded"] * 3


def test_nothing_comes_twice_of_a_load_that_was_broken_off(
    running_services: RunningServices, loaded: list[Any]
) -> None:
    facts = [envelope.data for envelope in events_on(running_services, "intake.organisations", "intake.applications")]
    titles = Counter(fact.title for fact in facts if isinstance(fact, ApplicationSubmitted))
    names = Counter(fact.name for fact in facts if isinstance(fact, OrganisationRegistered))
    assert {title: titles[title] for title in TITLES} == dict.fromkeys(TITLES, 1)
    assert [name for name, times in names.items() if times > 1 and "(demo)" not in name] == []


def test_every_case_is_shown_in_the_state_that_its_script_describes(loaded: list[Any]) -> None:
    # The load itself waits until the portal shows it.
    assert {case["number"]: case["shows"] for case in loaded} == {
        1: "closed",
        2: "in-progress",
        3: "following-up",
        4: "preparing",
        5: "completed",
        6: "agreed",
        7: "call-open",
        8: "proposed",
    }


def test_loading_again_announces_nothing(running_services: RunningServices, loaded: list[Any]) -> None:
    before = on_topics(running_services)
    again = load(running_services)
    assert {case["result"] for case in again} == {"there already"}
    assert [case["case_id"] for case in again] == [case["case_id"] for case in loaded]
    assert on_topics(running_services) == before


def test_without_its_notes_a_load_finds_the_cases_by_their_titles(
    running_services: RunningServices, loaded: list[Any]
) -> None:
    before = on_topics(running_services)
    notes = running_services.home.root / "demo.json"
    kept = notes.read_text()
    notes.unlink()
    try:
        again = load(running_services)
    finally:
        notes.write_text(kept)
    assert {case["result"] for case in again} == {"found by its title"}
    assert [case["case_id"] for case in again] == [case["case_id"] for case in loaded]
    assert on_topics(running_services) == before


def test_two_loads_at_once_are_refused(running_services: RunningServices, loaded: list[Any]) -> None:
    with (running_services.home.root / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = running_services.connect("demo", "load")
    assert (done.returncode, done.stdout) == (2, "")
    assert "are being loaded from" in done.stderr
    assert done.stderr.count("\n") == 1
