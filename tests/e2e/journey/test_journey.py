"""`connect journey` on real processes: each mode to its end, through harm, and the sentences where it can't."""

import json
import os
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psutil
import pytest

from deploy.embedded.layout import SERVICES
from shared.events.catalogue import CATALOGUE
from shared.primitives.terms import Mode
from tests.e2e.services import RunningServices
from tests.e2e.topics import events_on

pytestmark = [pytest.mark.servers, pytest.mark.timeout(420), pytest.mark.xdist_group("running services")]

# What a case is made of, in the only order that its rules allow. Surveys come in between, and matching may hear of the
# application before it hears of the offer: then it finds nobody at first.
BETWEEN = ("Survey", "Evaluation", "NoMatchFound")
SPINE = [
    "ApplicationSubmitted",
    "ApplicationAdmitted",
    "ApplicationValidated",
    "MatchProposed",
    "MatchAccepted",
    "MatchAccepted",
    "MatchConfirmed",
    "ExchangePlanned",
    "ExchangeAgreed",
    "ExchangeScheduled",
    "ExchangeReady",
    "ExchangeStarted",
    "ExchangeCompleted",
    "ExchangeReported",
    "ActionAgreed",
    "ExchangeFollowedUp",
    "PracticeDrafted",
    "PracticePublished",
    "ExchangeClosed",
    "ApplicationClosed",
]
TOPICS = {entry.event.__name__: entry.topic for entry in CATALOGUE}


def journey(services: RunningServices, mode: str) -> dict[str, Any]:
    """A journey that must succeed."""
    done = services.connect("journey", "--mode", mode, "--json", "--timeout", "180")
    assert done.returncode == 0, done.stderr
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome


@pytest.mark.parametrize("mode", list(Mode))
def test_every_mode_gets_to_the_closed_case_in_a_legal_order(running_services: RunningServices, mode: Mode) -> None:
    outcome = journey(running_services, mode)
    assert (outcome["closed"], outcome["problem"], outcome["mode"]) == (True, None, mode)
    types = [event["type"] for event in outcome["events"]]
    assert [name for name in types if not name.startswith(BETWEEN)] == SPINE
    assert Counter(types)["SurveyOpened"] == Counter(types)["EvaluationSubmitted"] >= 5
    assert_in_sequence(outcome["events"])
    assert all(0 < event["offset"] <= outcome["seconds"] for event in outcome["events"])
    assert 0 <= outcome["waited_seconds"] < outcome["seconds"]


def assert_in_sequence(events: list[Any]) -> None:
    """Each thing's events are numbered from 1 without a gap, in the order in which they are told.

    A thing is known by its id and its topic: an application and the search for its peers share the id.
    """
    numbers: dict[tuple[str, str], list[int]] = defaultdict(list)
    for event in events:
        numbers[TOPICS[event["type"]], event["subject"]].append(event["sequence"])
    for thing, found in numbers.items():
        assert found == list(range(1, len(found) + 1)), thing


def test_journeys_at_the_same_time_keep_to_their_own_offers(running_services: RunningServices) -> None:
    with ThreadPoolExecutor(2) as both:
        outcomes = list(both.map(lambda _: journey(running_services, "round-table"), range(2)))
    assert len({outcome["case_id"] for outcome in outcomes}) == 2
    for outcome in outcomes:
        types = Counter(event["type"] for event in outcome["events"])
        assert (types["MatchProposed"], types["MatchSuperseded"]) == (1, 0)


def test_events_are_printed_with_their_offset_as_they_come(running_services: RunningServices) -> None:
    done = running_services.connect("journey", "--mode", "study-visit", "--timeout", "180")
    assert done.returncode == 0, done.stderr
    *events, last = done.stdout.splitlines()
    offsets = [float(line.split()[0]) for line in events]
    assert offsets == sorted(offsets)
    assert {line.split()[2] for line in events} >= {*SPINE, "SurveyOpened", "EvaluationSubmitted"}
    assert "is closed, and its evaluation is stored" in last


@pytest.mark.chaos
def test_a_journey_goes_on_after_a_service_was_killed_and_came_back(running_services: RunningServices) -> None:
    with running_services.connecting("journey", "--mode", "expert-mission", "--timeout", "180") as running:
        assert running.stdout is not None
        for line in running.stdout:
            if " ExchangePlanned " in line:
                running_services.kill("exchange")
                running_services.restart("exchange")
        assert running.wait(30) == 0, running.stderr and running.stderr.read()


@pytest.mark.chaos
def test_a_service_that_stays_away_is_named_with_its_log(running_services: RunningServices) -> None:
    try:
        with running_services.connecting("journey", "--mode", "internship", "--timeout", "40") as running:
            assert running.stdout is not None
            for line in running.stdout:
                # Long before the first survey, and at once: an orderly end would still take answers.
                if " ApplicationSubmitted " in line:
                    running_services.kill("evaluation")
            assert running.wait(60) == 1
            told = running.stderr.read() if running.stderr else ""
    finally:
        running_services.restart("evaluation")
    assert "in evaluation was not done when 40 s were over" in told
    assert str(running_services.log("evaluation")) in told
    assert told.count("\n") == 1


def test_a_service_that_is_away_from_the_start_is_named_with_the_remedy(running_services: RunningServices) -> None:
    nowhere = "http://127.0.0.1:9"
    done = running_services.connect("journey", "--mode", "internship", CONNECT_URL_MATCHING=nowhere)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"Nothing answers for matching at {nowhere}: start CONNECT with `connect up`")
    assert done.stderr.count("\n") == 1


def test_a_wrong_secret_is_told_from_a_portal_that_is_away(running_services: RunningServices) -> None:
    wrong = {"CONNECT_CLIENT_ID": "connect-cli", "CONNECT_CLIENT_SECRET": "not-it"}
    done = running_services.connect("journey", "--mode", "internship", **wrong)
    assert done.returncode == 2
    assert "does not know the client connect-cli with this secret" in done.stderr
    assert "not-it" not in done.stderr


def test_the_case_can_be_read_in_the_portal_afterwards(running_services: RunningServices) -> None:
    outcome = journey(running_services, "internship")
    page = httpx.get(f"{running_services.url('portal')}/en/cases/{outcome['reference']}", trust_env=False)
    assert page.status_code == 200
    assert "Un presupuesto que se entiende en una página" in page.text


def test_nothing_of_all_this_was_set_aside(running_services: RunningServices) -> None:
    journey(running_services, "round-table")
    assert [envelope.data for envelope in events_on(running_services, "connect.dead-letters")] == []


def test_who_only_watches_gives_way_to_those_who_act(running_services: RunningServices) -> None:
    given_way = {name: psutil.Process(running_services.pid(name)).nice() > os.nice(0) for name in SERVICES}
    assert [name for name, gives_way in given_way.items() if gives_way] == ["monitor"]
