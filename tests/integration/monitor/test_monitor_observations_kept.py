"""Lag and health are shown as last seen, with the age of what waits, and it is said when they could not be seen."""

from collections.abc import Mapping
from datetime import date, timedelta

import httpx
import pytest

from services.monitor import clients, queries, use_cases
from services.monitor.rules.views import ServicesView, StreamsView
from tests.builders.monitor import ACase
from tests.integration.monitor.conftest import OPERATOR, Console

pytestmark = pytest.mark.servers
TOPIC = "matching.proposals"


async def measured(console: Console, lags: Mapping[str, Mapping[str, int]]) -> StreamsView:
    async with console.database.unit_of_work() as work:
        await use_cases.save_lags(work, lags)
    async with console.database.reading() as connection:
        return await queries.streams(connection, OPERATOR, now=console.clock())


async def asked(console: Console, answers: Mapping[str, httpx.Response | Exception]) -> ServicesView:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/health/ready"
        found = answers[request.url.host]
        if isinstance(found, Exception):
            raise found
        return found

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        health = await clients.ask_all(http, {service: f"http://{service}" for service in answers})
    async with console.database.unit_of_work() as work:
        await use_cases.save_health(work, health)
    async with console.database.reading() as connection:
        return await queries.services(connection, OPERATOR, now=console.clock())


async def test_the_largest_lag_of_a_topic_is_shown_with_its_service_and_the_age_of_the_oldest(console: Console) -> None:
    case = ACase()
    proposed = [case.says(case.proposed(date(2026, 6, 1))) for _ in range(5)]
    await console.hears(*proposed)
    lags = {"intake": {TOPIC: 2}, "portal": {TOPIC: 4}, "exchange": {TOPIC: 0}, "monitor": {TOPIC: 0}}
    view = await measured(console, lags)
    (topic,) = [row for row in view.topics if row.topic == TOPIC]
    assert (topic.lag, topic.slowest, topic.oldest_unread_at) == (4, "portal", proposed[1].time)
    assert topic.newest_at == proposed[4].time
    assert [(lag.service, lag.events, lag.oldest_at) for lag in view.lags] == [
        ("portal", 4, proposed[1].time),
        ("intake", 2, proposed[3].time),
    ]


async def test_the_age_is_not_known_where_monitor_is_as_far_behind(console: Console) -> None:
    view = await measured(console, {"portal": {TOPIC: 4}, "monitor": {TOPIC: 4}})
    assert [(lag.service, lag.oldest_at) for lag in view.lags] == [("monitor", None), ("portal", None)]


async def test_a_lag_that_is_gone_is_not_shown_any_more(console: Console) -> None:
    await measured(console, {"portal": {TOPIC: 4, "intake.offers": 1}})
    view = await measured(console, {"portal": {TOPIC: 0}})
    assert view.lags == ()


async def test_old_figures_stay_with_the_reason_why_there_are_no_newer_ones(console: Console) -> None:
    await measured(console, {"portal": {TOPIC: 4}})
    seen_at = console.clock()
    console.clock.move(timedelta(minutes=3))
    async with console.database.unit_of_work() as work:
        await use_cases.note_failure(work, ("lags", "KafkaConnectionError"))
    async with console.database.reading() as connection:
        view = await queries.streams(connection, OPERATOR, now=console.clock())
    assert (view.lags_seen.at, view.lags_seen.failure) == (seen_at, "KafkaConnectionError")
    assert [lag.events for lag in view.lags] == [4]
    again = await measured(console, {"portal": {TOPIC: 5}})
    assert (again.lags_seen.at, again.lags_seen.failure) == (console.clock(), None)


async def test_services_are_shown_in_the_order_of_the_journey_with_their_parts_and_lag(console: Console) -> None:
    parts = {"relay": {"ready": False, "reason": "KafkaError: connecting anew", "figures": {"standby": 0}}}
    await measured(console, {"intake": {TOPIC: 3, "intake.offers": 1}})
    view = await asked(
        console,
        {
            "portal": httpx.Response(
                200, json={"ready": True, "service": "portal", "roles": {"http": {"ready": True}}}
            ),
            "intake": httpx.Response(503, json={"ready": False, "service": "intake", "roles": parts}),
        },
    )
    assert [(service.service, service.ready, service.lag) for service in view.services] == [
        ("intake", False, 4),
        ("portal", True, 0),
    ]
    (relay,) = view.services[0].parts
    assert (relay.name, relay.reason, relay.figures) == ("relay", "KafkaError: connecting anew", {"standby": 0})


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (httpx.ConnectError("refused"), "http://intake can't be reached (ConnectError)"),
        (httpx.ReadTimeout("slow"), "no answer from http://intake within 3 seconds"),
        (httpx.Response(200, text="<html>"), "its answer is not JSON"),
        (httpx.Response(200, json=["ready"]), "its answer is not a readiness document"),
        (httpx.Response(200, text="x" * 200_000), "its answer is too long"),
    ],
)
async def test_a_service_that_does_not_answer_as_it_should_is_not_ready_and_it_is_said_why(
    console: Console, answer: httpx.Response | Exception, reason: str
) -> None:
    (service,) = (await asked(console, {"intake": answer})).services
    assert (service.ready, service.reason, service.parts) == (False, reason, ())
