"""The checker finds each kind of violation, and nothing wrong where nothing is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from tests.chaos.checker import judge
from tests.chaos.evidence import Evidence, Heard, Letter, Place, Seen

A, B, STUCK = uuid4(), uuid4(), uuid4()
BAD: Place = (4, 0)
BROKEN: Place = (5, 0)
REASONS = {BAD: "constraint", BROKEN: "unreadable"}


def came(application_id: UUID, partition: int, offset: int, sequence: int) -> Seen:
    return Seen((partition, offset), str(application_id), uuid4(), sequence, {"reason": "well"})


def went(cause: Seen, offset: int, sequence: int) -> Seen:
    return Seen((cause.place[0], offset), cause.key, uuid4(), sequence, {"search": cause.sequence})


def a_letter(seen: Seen, state: str, reason: str) -> Letter:
    return Letter(uuid4(), seen.place, seen.key, state, reason, seen.event_id)


def a_good_day() -> Evidence:
    """Three events of A with a copy, two of B; a bad one with one that waits behind it; one that can't be read."""
    good = [came(A, 0, 0, 1), came(A, 0, 1, 2), came(A, 0, 3, 3), came(B, 1, 0, 1), came(B, 1, 1, 2)]
    copy = replace(good[1], place=(0, 2))
    bad, behind = came(STUCK, BAD[0], BAD[1], 1), came(STUCK, BAD[0], BAD[1] + 1, 2)
    broken = Seen(BROKEN, str(uuid4()), uuid4(), 1, None)
    letters = [a_letter(bad, "dead", "constraint"), a_letter(broken, "dead", "unreadable")]
    out = [went(seen, number, seen.sequence or 0) for number, seen in enumerate(good)]
    return Evidence(
        came=[*good, copy, bad, behind, broken],
        went=[*out, replace(out[0], place=(0, 99))],
        told=[Seen((9, n), "", uuid4(), 1, {"dead_letter_id": str(one.id)}) for n, one in enumerate(letters)],
        claimed=[seen.event_id for seen in (*good, bad, behind) if seen.event_id] + [uuid4()],
        heard=[Heard(UUID(seen.key), seen.sequence or 0, seen.event_id) for seen in good if seen.event_id],
        tallies={A: 3, B: 2},
        letters=[*letters, a_letter(behind, "waiting", "behind")],
        parked=frozenset(letter.key for letter in letters),
        waiting_in_outboxes=0,
    )


def test_a_good_day_has_no_violations() -> None:
    verdict = judge(a_good_day(), REASONS)
    assert verdict.violations == ()
    assert (verdict.counts.messages_in, verdict.counts.unique_in, verdict.counts.heard) == (9, 6, 5)
    assert (verdict.counts.messages_out, verdict.counts.unique_out) == (6, 5)
    assert (verdict.counts.dead, verdict.counts.waiting, verdict.counts.in_outboxes) == (2, 1, 0)


def without(things: list[Seen] | list[Heard] | list[UUID] | list[Letter], number: int) -> list[object]:
    return [*things[:number], *things[number + 1 :]]


def ids_of(messages: Sequence[Seen]) -> frozenset[UUID | None]:
    return frozenset(seen.event_id for seen in messages)


Damage = Callable[[Evidence], dict[str, object]]
DAMAGES: dict[str, tuple[Damage, str]] = {
    "an event that is not in the inbox": (
        lambda e: {"claimed": without(list(e.claimed), 0)},
        "1 events are missing in the inbox",
    ),
    "an id that is claimed twice": (
        lambda e: {"claimed": [*e.claimed, e.claimed[0]]},
        "1 ids stand in the inbox twice",
    ),
    "an id of nothing": (
        lambda e: {"claimed": [*e.claimed, uuid4()]},
        "the inbox has 2 ids of no event",
    ),
    "a lost state row": (
        lambda e: {"heard": without(list(e.heard), 4), "tallies": {A: 3, B: 1}},
        "1 events have no state row",
    ),
    "a doubled state row": (
        lambda e: {"heard": [*e.heard, e.heard[4]], "tallies": {A: 3, B: 3}},
        "1 events have more than one state row",
    ),
    "a state row of nothing": (
        lambda e: {"heard": [*e.heard, Heard(B, 3, uuid4())], "tallies": {A: 3, B: 3}},
        "1 state rows are of no event that may have one",
    ),
    "state rows in another order": (
        lambda e: {"heard": [e.heard[1], e.heard[0], *e.heard[2:]]},
        "the state rows of",
    ),
    "a number changed twice": (
        lambda _: {"tallies": {A: 4, B: 2}},
        "1 tallies differ from the number of rows",
    ),
    "a lost event out": (
        lambda e: {"went": without(list(e.went), 4)},
        "are not those of its state rows",
    ),
    "a second event out for one effect": (
        lambda e: {"went": [*e.went, Seen((1, 50), str(B), uuid4(), 3, {"search": 2})]},
        "are not those of its state rows",
    ),
    "a gap in the numbers out": (
        lambda e: {"went": [*e.went[:4], replace(e.went[4], sequence=7), e.went[5]]},
        "have a gap",
    ),
    "events out in another order": (
        lambda e: {
            "went": [replace(e.went[0], place=(0, 60)), *e.went[1:5]],
        },
        "are out of order",
    ),
    "one aggregate on two partitions": (
        lambda e: {"went": [*e.went[:4], replace(e.went[4], place=(7, 0)), e.went[5]]},
        "1 aggregates out are spread over partitions",
    ),
    "an outbox that is not empty": (
        lambda _: {"waiting_in_outboxes": 3},
        "the outboxes are not empty: 3 rows wait",
    ),
    "a bad message that is no dead letter": (
        lambda e: {"letters": without(list(e.letters), 1)},
        "1 bad messages are no dead letters",
    ),
    "a good message that is one": (
        lambda e: {"letters": [*e.letters, a_letter(e.came[0], "dead", "rejected")]},
        "1 messages are dead letters and were not sent as bad",
    ),
    "a message that is set aside twice": (
        lambda e: {"letters": [*e.letters, e.letters[0]]},
        "1 messages are set aside twice",
    ),
    "a wrong reason": (
        lambda e: {"letters": [replace(e.letters[0], reason="rejected"), *e.letters[1:]]},
        f"the reason of {BAD} is rejected, not constraint",
    ),
    "a dead letter of which nobody was told": (
        lambda e: {"told": without(list(e.told), 0)},
        "1 dead letters were not announced",
    ),
    "an event that overtakes a dead letter of its key": (
        lambda e: {"letters": e.letters[:2]},
        "1 events went on before a dead letter of their key",
    ),
    "an event that waits for nothing": (
        lambda e: {"letters": [*e.letters, a_letter(e.came[4], "waiting", "behind")]},
        "1 events wait behind no dead letter",
    ),
    "a key that stays parked": (
        lambda e: {"parked": e.parked | {str(A)}},
        "1 keys are parked without a dead letter",
    ),
    "a key that is not parked": (
        lambda _: {"parked": frozenset()},
        "2 keys with a dead letter are not parked",
    ),
    "something unreadable that nobody sent": (
        lambda e: {"came": [*e.came, Seen((6, 0), str(A), None, None, None)]},
        "1 messages that nobody sent as bad can't be read",
    ),
    "something said that never came": (
        lambda e: {"said": ids_of(e.came[:-1]) - ids_of(e.came[6:7]) | {uuid4()}},
        "1 events were said and never came",
    ),
    "something that nobody said": (
        lambda e: {"said": ids_of(e.came[1:])},
        "1 events came that nobody said",
    ),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_every_kind_of_violation_is_found(name: str) -> None:
    damage, sentence = DAMAGES[name]
    good = a_good_day()
    verdict = judge(replace(good, **damage(good)), REASONS)  # type: ignore[arg-type]
    assert any(sentence in violation for violation in verdict.violations), verdict.violations


def test_an_input_with_a_gap_is_found_where_the_caller_is_known() -> None:
    good = a_good_day()
    gap = [seen for seen in good.came if (seen.key, seen.sequence) != (str(A), 2)]
    said = frozenset(seen.event_id for seen in gap if seen.event_id and seen.place not in REASONS)
    verdict = judge(replace(good, came=gap, said=said), REASONS)
    assert any("the numbers in of" in violation and "have a gap" in violation for violation in verdict.violations)


def test_what_was_replayed_must_have_its_effect_and_what_was_discarded_must_not() -> None:
    good = a_good_day()
    settled = [replace(good.letters[0], state="replayed"), *good.letters[1:2]]
    settled += [replace(good.letters[2], state="replayed")]
    violations = judge(replace(good, letters=settled), REASONS).violations
    assert any("2 events have no state row" in violation for violation in violations)
    discarded = [replace(good.letters[0], state="discarded"), *settled[1:]]
    violations = judge(replace(good, letters=discarded), REASONS).violations
    assert any("1 events have no state row" in violation for violation in violations)
