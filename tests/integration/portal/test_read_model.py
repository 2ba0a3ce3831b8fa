"""What the portal knows of cases after it has heard events, in whatever order they come."""

import random
from collections import defaultdict

import pytest

from services.portal import queries, use_cases
from services.portal.queries import CaseDetail
from services.portal.rules.states import Stage, State
from services.portal.schedule import SCHEDULE
from shared.events.envelope import Envelope
from shared.events.matching import MatchConfirmed
from tests.builders.portal import Story
from tests.integration.portal.serving import Portal

pytestmark = pytest.mark.servers


async def detail(portal: Portal, story: Story) -> CaseDetail:
    async with portal.database.reading() as connection:
        return await queries.case_detail(connection, story.case_id)


async def stored_text(portal: Portal) -> str:
    async with portal.database.reading() as connection:
        rows = await connection.fetch("SELECT facts::text FROM case_facts")
    return " ".join(row[0] for row in rows)


def topic_by_topic(events: list[Envelope], seed: int) -> list[Envelope]:
    """Topics in any order, each in its own, as a consumer that starts from the beginning can read them."""
    topics = defaultdict(list)
    for event in events:
        topics[event.entry.topic].append(event)
    order = sorted(topics)
    random.Random(seed).shuffle(order)
    return [event for topic in order for event in topics[topic]]


async def test_a_whole_journey_becomes_a_closed_case_with_everything_in_it(portal: Portal) -> None:
    story = Story().whole()
    await portal.hears(story)
    case = await detail(portal, story)
    assert case.summary.state == State.CLOSED
    assert case.summary.was_held
    assert case.parts.application.reference == story.reference
    assert [proposal.score for proposal in case.parts.proposals] == [79.5]
    assert case.parts.exchanges[0].association_id == story.association.id
    assert {town.name for town in case.organisations.values()} == {
        "Zipaquirá",
        "Granollers",
        "Federación de Municipios",
    }
    assert [fact.event_id for fact in case.timeline] == [event.id for event in story.events if event.case_id]


async def test_a_second_delivery_changes_nothing(portal: Portal) -> None:
    story = Story().whole()
    await portal.hears(story)
    before = await detail(portal, story)
    await portal.hears(story)
    assert await detail(portal, story) == before


@pytest.mark.parametrize("seed", range(6))
async def test_topics_in_any_order_give_the_same_case_and_the_same_timeline(portal: Portal, seed: int) -> None:
    story = Story().whole()
    await portal.hears(topic_by_topic(story.events, seed))
    case = await detail(portal, story)
    assert case.summary.state == State.CLOSED
    assert case.summary.requester_id == story.requester.id
    assert [fact.event_id for fact in case.timeline] == [event.id for event in story.events if event.case_id]


async def test_one_event_at_a_time_gives_what_a_batch_gives(portal: Portal) -> None:
    story = Story().whole()
    for event in story.events:
        await portal.hears([event])
    one_by_one = await detail(portal, story)
    assert one_by_one.summary.state == State.CLOSED
    assert len(one_by_one.timeline) == len([event for event in story.events if event.case_id])


async def test_a_proposal_that_comes_before_its_application_waits_in_a_case_without_a_title(portal: Portal) -> None:
    story = Story().submitted().validated().proposed()
    await portal.hears(story.events[-1:])
    early = await detail(portal, story)
    assert early.summary.state == State.PROPOSED
    assert early.parts.application.title is None
    await portal.hears(story.events[:-1])
    filled = await detail(portal, story)
    assert filled.parts.application.title == story.title
    assert filled.summary.state == State.PROPOSED


async def test_a_name_that_comes_late_makes_the_case_new_for_its_readers(portal: Portal) -> None:
    story = Story().submitted()
    await portal.hears(story)
    before = await detail(portal, story)
    assert before.organisations == {}
    await portal.hears(Story(requester=story.requester).organisations())
    after = await detail(portal, story)
    assert after.version > before.version
    assert after.organisations[story.requester.id].name == "Zipaquirá"


async def test_ids_of_members_are_not_kept(portal: Portal) -> None:
    story = Story().whole()
    await portal.hears(story)
    confirmed = next(event.data for event in story.events if isinstance(event.data, MatchConfirmed))
    assert str(confirmed.expert_id) not in await stored_text(portal)
    assert str(confirmed.requester_id) in await stored_text(portal)


async def test_an_event_that_can_not_be_stored_is_set_aside_alone(portal: Portal) -> None:
    good, bad = Story(reference="CN-2026-0001").submitted(), Story(title="a NUL: \0").submitted()
    await portal.hears(bad, good)
    assert (await detail(portal, good)).summary.state == State.SUBMITTED
    async with portal.database.reading() as connection:
        letters = await connection.fetch("SELECT event_id, reason FROM dead_letters")
    assert [(letter["event_id"], letter["reason"]) for letter in letters] == [(bad.events[0].id, "constraint")]


async def test_the_list_counts_every_stage_and_shows_the_newest_first(portal: Portal) -> None:
    asking, closed = Story(reference="CN-2026-0001").submitted(), Story(reference="CN-2026-0002").whole()
    await portal.hears(asking, closed)
    async with portal.database.reading() as connection:
        everything = await queries.cases(connection)
        only_closed = await queries.cases(connection, Stage.CLOSED)
    assert [row.reference for row in everything.rows] == ["CN-2026-0002", "CN-2026-0001"]
    assert everything.totals == {Stage.ASKING: 1, Stage.CLOSED: 1}
    assert [row.reference for row in only_closed.rows] == ["CN-2026-0002"]


async def test_the_numbers_of_the_home_page_come_from_the_cases(portal: Portal) -> None:
    await portal.hears(Story(reference="CN-2026-0001").whole(), Story(reference="CN-2026-0002").submitted())
    async with portal.database.reading() as connection:
        found = await queries.numbers(connection)
    assert (found.cases, found.held, found.practices, found.countries) == (2, 1, 1, 2)


async def test_a_change_that_is_committed_late_is_not_passed_over(portal: Portal) -> None:
    slow, quick = Story(reference="CN-2026-0001").submitted(), Story(reference="CN-2026-0002").submitted()
    await portal.hears(slow, quick)
    pool = portal.database.pool
    touch = "UPDATE cases SET changed_by = pg_current_xact_id(), version = version + 1 WHERE case_id = $1"
    async with pool.acquire() as late, pool.acquire() as early, pool.acquire() as reader:
        since = (await queries.changes(reader, None)).next_since
        begun = late.transaction()
        await begun.start()
        await late.execute(touch, slow.case_id)
        await early.execute(touch, quick.case_id)
        seen = await queries.changes(reader, since)
        assert quick.case_id in seen.case_ids
        await begun.commit()
        assert slow.case_id in (await queries.changes(reader, seen.next_since)).case_ids


async def about(portal: Portal, first: tuple[str, ...], besides: tuple[str, ...] = (), limit: int = 5) -> list[str]:
    async with portal.database.reading() as connection:
        return [row.reference or "" for row in await queries.cases_about(connection, first, besides, limit)]


async def test_cases_are_found_by_what_they_are_about_the_nearest_first_then_the_newest(portal: Portal) -> None:
    waste, tourism = Story(themes=("waste",)), Story(reference="CN-2026-0002")
    later = Story(reference="CN-2026-0003", themes=("waste", "water"))
    await portal.hears(waste.submitted().validated(), tourism.submitted(), later.submitted())
    assert await about(portal, ("theme:waste",)) == ["CN-2026-0003", "CN-2026-0001"]
    assert await about(portal, ("theme:tourism",), ("sdg:11",)) == ["CN-2026-0002", "CN-2026-0003", "CN-2026-0001"]
    assert await about(portal, (), ("dac:33210",)) == ["CN-2026-0001"], "DAC codes come with the validation"
    assert await about(portal, ("theme:waste",), limit=1) == ["CN-2026-0003"]
    assert await about(portal, ("theme:peace",)) == await about(portal, ()) == []


async def test_a_case_that_was_only_heard_of_is_about_nothing(portal: Portal) -> None:
    story = Story().submitted().proposed()
    await portal.hears(story.events[-1:])
    assert await about(portal, ("theme:tourism",)) == []


async def test_cases_of_a_release_that_knew_no_topics_get_them_in_portions(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use_cases, "PORTION", 2)
    (note_topics,) = [due for due in SCHEDULE if due.name == "note topics"]
    await portal.hears(*(Story(reference=f"CN-2026-000{number}").submitted() for number in (1, 2, 3)))
    async with portal.database.unit_of_work() as work:
        await work.connection.execute("UPDATE cases SET topics = NULL")
    assert await about(portal, ("theme:tourism",)) == []
    done = []
    for _ in range(3):
        async with portal.database.unit_of_work() as work:
            done.append(await note_topics.use_case(work))
    assert done == [2, 1, 0]
    assert len(await about(portal, ("theme:tourism",))) == 3
