"""The invariant: unique events in = inbox ids = state rows = unique events out, in order, with nothing left over.

It judges evidence that was read from the topics and the databases, and knows nothing of the program but the shape of
its tables. What a test knows is which messages it sent that can't be used (`bad`, by their places on the topic, with
the reason that the dead letter must give).
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from tests.chaos.evidence import Evidence, Letter, Place, Seen

UNREADABLE = frozenset({"unreadable", "unknown-version"})  # their ids can't be trusted
SHOWN = 3


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures behind a verdict: messages with repetitions, and each event once."""

    messages_in: int
    unique_in: int
    claimed: int
    heard: int
    messages_out: int
    unique_out: int
    dead: int
    waiting: int
    in_outboxes: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """The counts, and each violation as a sentence; none means that the invariant holds."""

    counts: Counts
    violations: tuple[str, ...]


def judge(evidence: Evidence, bad: Mapping[Place, str] | None = None) -> Verdict:
    """Compare everything with everything. Of one key at most one message may be bad."""
    case = _Case(evidence, bad or {})
    return Verdict(case.counts, tuple(case.violations()))


@dataclass(frozen=True)
class _Case:
    evidence: Evidence
    bad: Mapping[Place, str]

    @cached_property
    def good(self) -> list[Seen]:
        """The first message of each event that can be used."""
        return _first(seen for seen in self.evidence.came if seen.place not in self.bad)

    @cached_property
    def waiting(self) -> set[UUID | None]:
        return {letter.event_id for letter in self.evidence.letters if letter.state == "waiting"}

    @cached_property
    def expected(self) -> list[Seen]:
        """What must have had an effect, in the order of the topic."""
        mended = {letter.place for letter in self.evidence.letters if letter.state == "replayed"}
        usable = _first(seen for seen in self.evidence.came if seen.place not in self.bad or seen.place in mended)
        return [seen for seen in usable if seen.event_id not in self.waiting]

    @cached_property
    def counts(self) -> Counts:
        evidence = self.evidence
        return Counts(
            messages_in=len(evidence.came),
            unique_in=len(self.good),
            claimed=len(evidence.claimed),
            heard=len(evidence.heard),
            messages_out=len(evidence.went),
            unique_out=len(_first(evidence.went)),
            dead=sum(letter.state == "dead" for letter in evidence.letters),
            waiting=len(self.waiting),
            in_outboxes=evidence.waiting_in_outboxes,
        )

    def violations(self) -> Iterator[str]:
        yield from self._input()
        yield from self._inbox()
        yield from self._state()
        yield from self._output()
        yield from self._dead_letters()
        yield from self._parking()
        if self.evidence.waiting_in_outboxes:
            yield f"the outboxes are not empty: {self.evidence.waiting_in_outboxes} rows wait"

    def _input(self) -> Iterator[str]:
        unreadable = [seen.place for seen in self.good if None in (seen.event_id, seen.sequence, seen.body)]
        yield from _named("messages that nobody sent as bad can't be read", unreadable)
        if self.evidence.said is not None:
            came = {seen.event_id for seen in self.good}
            yield from _named("events were said and never came", self.evidence.said - came)
            yield from _named("events came that nobody said", came - self.evidence.said)
            yield from _places("in", self.good)

    def _inbox(self) -> Iterator[str]:
        with_id = {seen.event_id for seen in self.evidence.came if self.bad.get(seen.place) not in UNREADABLE}
        claimed = Counter(self.evidence.claimed)
        yield from _named("ids stand in the inbox twice", [one for one, times in claimed.items() if times > 1])
        yield from _named("events are missing in the inbox", with_id - claimed.keys())
        unreadable = sum(reason in UNREADABLE for reason in self.bad.values())
        others = claimed.keys() - with_id
        if len(others) != unreadable:
            yield f"the inbox has {len(others)} ids of no event; {unreadable} messages without a usable id were sent"

    def _state(self) -> Iterator[str]:
        times = Counter(row.event_id for row in self.evidence.heard)
        wanted = {seen.event_id for seen in self.expected}
        yield from _named("events have no state row", wanted - times.keys())
        yield from _named("events have more than one state row", [one for one, number in times.items() if number > 1])
        yield from _named("state rows are of no event that may have one", times.keys() - wanted)
        written = _by((str(row.application_id), row.sequence) for row in self.evidence.heard)
        for key, sequences in _by((seen.key, seen.sequence or 0) for seen in self.expected).items():
            if written[key] != sequences and sorted(written[key]) == sorted(sequences):
                yield f"the state rows of {key} are out of order: {_excerpt(written[key], sequences)}"
        rows = Counter(row.application_id for row in self.evidence.heard)
        wrong = [
            one for one in rows.keys() | self.evidence.tallies.keys() if rows[one] != self.evidence.tallies.get(one)
        ]
        yield from _named("tallies differ from the number of rows", wrong)

    def _output(self) -> Iterator[str]:
        unique = _first(self.evidence.went)
        yield from _places("out", unique)
        answers = _by((seen.key, (seen.body or {}).get("search", 0)) for seen in unique)
        written = _by((str(row.application_id), row.sequence) for row in self.evidence.heard)
        for key in sorted(answers.keys() | written.keys()):
            said, had = answers[key], written[key]
            if said != had:
                what = "out of order" if sorted(said) == sorted(had) else "not those of its state rows"
                yield f"the events out of {key} are {what}: {_excerpt(said, had)}"

    def _dead_letters(self) -> Iterator[str]:
        letters: dict[Place, list[Letter]] = defaultdict(list)
        for letter in self.evidence.letters:
            letters[letter.place].append(letter)
        set_aside = {letter.place for letter in self.evidence.letters if not self._came_to_wait(letter)}
        yield from _named("bad messages are no dead letters", self.bad.keys() - letters.keys())
        yield from _named("messages are dead letters and were not sent as bad", set_aside - self.bad.keys())
        yield from _named("messages are set aside twice", [place for place, rows in letters.items() if len(rows) > 1])
        for letter in self.evidence.letters:
            if letter.state in ("dead", "discarded") and letter.reason != self.bad.get(letter.place, letter.reason):
                yield f"the reason of {letter.place} is {letter.reason}, not {self.bad[letter.place]}"
        told = {str((seen.body or {}).get("dead_letter_id")) for seen in self.evidence.told}
        dead = {str(letter.id) for letter in self.evidence.letters if not self._came_to_wait(letter)}
        yield from _named("dead letters were not announced", dead - told)
        yield from _named("dead letters were announced that are none", told - dead)

    def _parking(self) -> Iterator[str]:
        stuck = {letter.key: letter.place for letter in self.evidence.letters if letter.state == "dead"}
        must_wait = {seen.event_id for seen in self.good if seen.key in stuck and seen.place > stuck[seen.key]}
        yield from _named("events went on before a dead letter of their key", must_wait - self.waiting)
        yield from _named("events wait behind no dead letter", self.waiting - must_wait)
        yield from _named("keys are parked without a dead letter", self.evidence.parked - stuck.keys())
        yield from _named("keys with a dead letter are not parked", stuck.keys() - self.evidence.parked)

    def _came_to_wait(self, letter: Letter) -> bool:
        """Whether the row is of an event that had nothing wrong and stood behind a dead letter."""
        return letter.state == "waiting" or (letter.state == "replayed" and letter.place not in self.bad)


def _first(messages: Iterable[Seen]) -> list[Seen]:
    """The first message of each event, in the order of the partitions."""
    first: dict[object, Seen] = {}
    for seen in sorted(messages, key=lambda one: one.place):
        first.setdefault(seen.event_id or seen.place, seen)
    return list(first.values())


def _places(where: str, unique: Sequence[Seen]) -> Iterator[str]:
    """Each aggregate stays in one partition, and its numbers count 1, 2, 3 … there."""
    partitions: dict[str, set[int]] = defaultdict(set)
    for seen in unique:
        partitions[seen.key].add(seen.place[0])
    yield from _named(
        f"aggregates {where} are spread over partitions", [k for k, p in partitions.items() if len(p) > 1]
    )
    for key, numbers in _by((seen.key, seen.sequence or 0) for seen in unique).items():
        counted = list(range(1, len(numbers) + 1))
        if numbers != counted:
            what = "are out of order" if sorted(numbers) == counted else "have a gap"
            yield f"the numbers {where} of {key} {what}: {_excerpt(numbers, counted)}"


def _by(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    grouped: dict[str, list[int]] = defaultdict(list)
    for key, number in pairs:
        grouped[key].append(number)
    return grouped


def _excerpt(found: Sequence[int], wanted: Sequence[int]) -> str:
    """Where the two begin to differ."""
    at = next((n for n, (a, b) in enumerate(zip(found, wanted, strict=False)) if a != b), min(len(found), len(wanted)))
    return f"from place {at + 1} on {list(found[at : at + SHOWN])} in place of {list(wanted[at : at + SHOWN])}"


def _named(what: str, things: Iterable[Hashable]) -> Iterator[str]:
    all_ = sorted(map(str, things))
    if all_:
        yield f"{len(all_)} {what}: {', '.join(all_[:SHOWN])}{' …' if len(all_) > SHOWN else ''}"
