"""`connect match` on real processes: the ranked list with its reasons, why one offer, and why not another."""

import json
from typing import Any

import pytest

from shared.events.intake import ApplicationValidated
from shared.wording.speech import speech
from tests.e2e.services import RunningServices
from tests.e2e.topics import events_on

pytestmark = [pytest.mark.servers, pytest.mark.timeout(420), pytest.mark.xdist_group("running services")]


def listed(services: RunningServices, *arguments: str) -> dict[str, Any]:
    """What the command tells as JSON."""
    done = services.connect("match", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def demo(running_services: RunningServices) -> dict[int, str]:
    """The ids of the demo cases by their numbers."""
    done = running_services.connect("demo", "load", "--json")
    assert done.returncode == 0, done.stderr
    return {case["number"]: case["case_id"] for case in json.loads(done.stdout)["cases"]}


def test_the_list_says_who_and_why(running_services: RunningServices, demo: dict[int, str]) -> None:
    found = listed(running_services, demo[8])
    (first, *_) = found["offers"]
    (reference,) = {
        envelope.data.reference
        for envelope in events_on(running_services, "intake.applications")
        if isinstance(envelope.data, ApplicationValidated) and str(envelope.data.application_id) == demo[8]
    }
    assert listed(running_services, reference)["offers"][0] == first
    table = running_services.connect("match", demo[8]).stdout
    assert speech("en").number(first["score"]) in table
    assert first["title"] in table.replace("\n", " ")
    assert "Knowledge" in table
    assert all(each["filter"] for each in found["filtered"])


def test_why_and_why_not_are_said_in_words(running_services: RunningServices, demo: dict[int, str]) -> None:
    offer = listed(running_services, demo[8])["offers"][0]["offer_id"]
    why = running_services.connect("match", demo[8], "--why", offer)
    assert "of 100 points" in why.stdout
    why_not = running_services.connect("match", demo[7], "--why", offer, "--language", "fr")
    assert why_not.returncode == 0
    assert "L’offre" in why_not.stdout
    assert listed(running_services, demo[7], "--why", offer)["obstacles"]


def test_nobody_found_says_what_ruled_them_out(running_services: RunningServices, demo: dict[int, str]) -> None:
    told = running_services.connect("match", demo[7]).stdout
    assert told.startswith("0 of ")
    assert "Other themes" in told
    assert told.splitlines()[-1].startswith("Nothing that could be relaxed") or "would pass" in told


def test_what_is_not_there_is_said_in_a_sentence(running_services: RunningServices) -> None:
    unknown = running_services.connect("match", "CN-1999-0001")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "give its id or its reference" in unknown.stderr
    nobody = running_services.connect("match", "01a21558-0000-7000-8000-000000000000")
    assert (nobody.returncode, nobody.stderr.count("\n")) == (2, 1)
