"""Offsets are told a moment later and together, and at once when a partition is about to go."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError

from shared.streaming import bookmark
from shared.streaming.bookmark import Bookmark

A, B = TopicPartition("offers", 0), TopicPartition("offers", 1)
NEVER = 3600.0


@dataclass
class Group:
    """What a consumer group knows of one member."""

    held: set[TopicPartition] = field(default_factory=lambda: {A, B})
    committed: list[dict[TopicPartition, int]] = field(default_factory=list)
    refuses: bool = False
    is_broken: bool = False
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    def assignment(self) -> set[TopicPartition]:
        return self.held

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        await self.answers.wait()
        if self.is_broken:
            raise TypeError("a defect")
        if self.refuses:
            raise CommitFailedError("a rebalance")
        self.committed.append(dict(offsets))


@pytest.fixture
def group() -> Group:
    group = Group()
    group.answers.set()
    return group


@pytest.fixture
def mark(group: Group) -> Bookmark:
    return Bookmark(group, NEVER, asyncio.Event())


@pytest.fixture(autouse=True)
def never_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bookmark, "BEHIND", NEVER)


async def test_what_is_done_meanwhile_is_told_together_and_the_newest_of_each(group: Group, mark: Bookmark) -> None:
    for offsets in ({A: 5}, {B: 3}, {A: 9}):
        mark.note(offsets)
    await mark.noted()
    assert group.committed == [{A: 9, B: 3}]


async def test_it_is_told_by_itself_after_a_moment(
    group: Group, mark: Bookmark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bookmark, "BEHIND", 0.001)
    mark.note({A: 5})
    async with asyncio.timeout(10):
        while not group.committed:
            await asyncio.sleep(0)
    assert group.committed == [{A: 5}]


async def test_what_is_done_while_kafka_answers_is_told_next(group: Group, mark: Bookmark) -> None:
    group.answers.clear()
    mark.note({A: 5})
    telling = asyncio.create_task(mark.noted())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    mark.note({A: 7})
    group.answers.set()
    await telling
    await mark.noted()
    assert group.committed[-1] == {A: 7}


async def test_after_a_hurry_the_next_waits_its_moment_again(group: Group, mark: Bookmark) -> None:
    mark.note({A: 5})
    await mark.noted()
    await mark.noted()
    mark.note({A: 7})
    for _ in range(10):
        await asyncio.sleep(0)
    assert group.committed == [{A: 5}]
    await mark.noted()
    assert group.committed == [{A: 5}, {A: 7}]


async def test_of_partitions_that_went_nothing_is_told(group: Group, mark: Bookmark) -> None:
    mark.note({A: 5, B: 3})
    group.held = {B}
    await mark.noted()
    assert group.committed == [{B: 3}]


async def test_a_refusal_harms_nothing(group: Group, mark: Bookmark) -> None:
    group.refuses = True
    mark.note({A: 5})
    await mark.noted()
    group.refuses = False
    mark.note({A: 7})
    await mark.noted()
    assert group.committed == [{A: 7}]


async def test_a_defect_is_heard_of_with_the_next_batch(group: Group, mark: Bookmark) -> None:
    group.is_broken = True
    mark.note({A: 5})
    with pytest.raises(TypeError):
        await mark.noted()
    with pytest.raises(TypeError):
        mark.note({A: 7})


async def test_a_group_that_does_not_answer_loses_its_member_and_is_told_nothing_more(group: Group) -> None:
    group.answers.clear()
    mark = Bookmark(group, 0.01, asyncio.Event())
    mark.note({A: 5})
    async with asyncio.timeout(10):
        await mark.noted()
    assert mark.lost.is_set()
    group.answers.set()
    mark.note({A: 7})
    await mark.noted()
    assert group.committed == []


async def test_whoever_leaves_a_lost_place_does_not_wait_for_its_answer(group: Group, mark: Bookmark) -> None:
    group.answers.clear()
    mark.note({A: 5})
    mark.lost.set()
    async with asyncio.timeout(10):
        await mark.noted()
