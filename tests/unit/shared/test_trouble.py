"""What a member has failed at stays in mind until it is got past, whatever succeeds elsewhere."""

from aiokafka import TopicPartition

from shared.streaming.bookmark import Offsets
from shared.streaming.trouble import Trouble

HERE, THERE = TopicPartition("intake.applications", 0), TopicPartition("intake.applications", 1)
BOTH = {HERE, THERE}


def is_left_after(trouble: Trouble, following: Offsets, mine: set[TopicPartition]) -> bool:
    trouble.got_past(following, mine)
    return trouble.is_left


def test_what_succeeds_in_another_partition_or_before_the_failure_ends_nothing() -> None:
    trouble = Trouble()
    trouble.met({HERE: 101}, now=1.0)
    assert is_left_after(trouble, {}, BOTH)
    assert is_left_after(trouble, {THERE: 7_000}, BOTH)
    assert is_left_after(trouble, {HERE: 100}, BOTH)
    assert not is_left_after(trouble, {HERE: 101}, BOTH)


def test_half_of_a_batch_that_failed_is_not_past_the_failure() -> None:
    trouble = Trouble()
    trouble.met({HERE: 500}, now=1.0)
    assert is_left_after(trouble, {HERE: 250}, BOTH)
    trouble.met({HERE: 375}, now=2.0)
    assert is_left_after(trouble, {HERE: 313}, BOTH)
    assert not is_left_after(trouble, {HERE: 375}, BOTH)


def test_trouble_lasts_from_the_first_failure_that_is_left() -> None:
    trouble = Trouble()
    trouble.met({HERE: 101, THERE: 51}, now=1.0)
    trouble.met({HERE: 101}, now=5.0)
    assert is_left_after(trouble, {THERE: 51}, BOTH)
    trouble.met({THERE: 61}, now=20.0)
    assert (trouble.lasts(now=31.0), trouble.is_left) == (30.0, True)
    assert is_left_after(trouble, {HERE: 101}, BOTH)
    assert trouble.lasts(now=31.0) == 11.0


def test_a_partition_that_another_member_has_now_is_its_trouble() -> None:
    trouble = Trouble()
    trouble.met({HERE: 101}, now=1.0)
    trouble.slowed += 3
    assert not is_left_after(trouble, {}, {THERE})
    assert (trouble.lasts(now=9.0), trouble.slowed, trouble.is_left) == (0.0, 0, False)
