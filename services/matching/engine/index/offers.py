"""The living index of offers: put in, changed and taken out in place, and searched at any moment in between."""

from collections import Counter
from collections.abc import Collection, Iterator
from typing import NamedTuple
from uuid import UUID

import numpy as np

from services.matching.engine.acceptance import Expectations
from services.matching.engine.days import free_stretches
from services.matching.engine.filters import FILTERS
from services.matching.engine.index import scan
from services.matching.engine.index.answering import Answering
from services.matching.engine.index.answers import AnswerSums
from services.matching.engine.index.bitmaps import Bitmaps
from services.matching.engine.index.columns import LINE, NOTHING_COUNTED, Columns
from services.matching.engine.index.entries import LIVE, Codes, Names
from services.matching.engine.index.frozen import (
    Frozen,
    answers_of,
    bitmaps_of,
    codes_of,
    columns_of,
    frozen,
    slots_in_use,
    sums_of_answers,
)
from services.matching.engine.index.kernel import key_of, points_in
from services.matching.engine.index.question import Question, Rows, ask
from services.matching.engine.values import Candidate, Request, Scale

OF_STRETCHES = {"first", "last", "most", "more", "others"}


class Hit(NamedTuple):
    """An offer that was found, and what its place goes by: its score and what favours it, in hundredths of a point."""

    offer_id: UUID
    points: int


class Hits(NamedTuple):
    """The best offers, best first; how many passed every filter, of how many that were looked at."""

    best: tuple[Hit, ...]
    passed: int
    considered: int


class Rank(NamedTuple):
    """The place of an offer, from 1, among those that pass every hard filter, and how many these are."""

    place: int
    passed: int


class OfferIndex:
    """Every offer that is not gone for good, by its id."""

    def __init__(self) -> None:
        self._bitmaps, self._columns = Bitmaps(), Columns()
        self._names = Names(self._bitmaps)
        self._slots: dict[UUID, int] = {}
        self._free: list[int] = []
        self._codes = Codes()
        self._sums = AnswerSums(self._codes)
        self._answering = Answering({})

    @classmethod
    def of(cls, this: Frozen) -> "OfferIndex":
        """The index that was frozen."""
        index = cls()
        index._bitmaps, index._columns, index._codes = bitmaps_of(this), columns_of(this), codes_of(this)
        index._names = Names(index._bitmaps)
        live = index._bitmaps.bits[index._bitmaps.row(LIVE)]
        index._slots = dict(slots_in_use(this, live))
        index._free = sorted(set(range(this.told["slots"])) - set(index._slots.values()), reverse=True)
        index._answering = Answering(answers_of(this))
        index._sums = sums_of_answers(this, index._codes, index._slots.values())
        return index

    def frozen(self) -> Frozen:
        """All of it, as it is now; later changes do not touch it."""
        slots, answers = len(self._slots) + len(self._free), self._answering.applications
        return frozen(self._bitmaps, self._columns, self._codes, slots, answers)

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, offer_id: UUID) -> bool:
        return offer_id in self._slots

    def __iter__(self) -> Iterator[UUID]:
        return iter(self._slots)

    @property
    def nbytes(self) -> int:
        """Bytes of bits and columns; the dictionaries that lead to them come on top."""
        return self._bitmaps.bits.nbytes + self._columns.nbytes

    def put(self, candidate: Candidate) -> None:
        """Put an offer in, or in the place of what was known of it."""
        slot = known = self._slots.get(candidate.offer_id)
        if slot is None:
            slot = self._slot_for(candidate.offer_id)
        free = free_stretches(candidate)
        self._bitmaps.put(slot, self._names.of(candidate, free))
        written = self._columns.write(slot, self._codes.line(candidate), free)
        before = NOTHING_COUNTED if known is None else written
        # What was never answered counts for nothing, so its line need not be read again.
        self._sums.change(before, self._columns.counted(slot) if candidate.answered else NOTHING_COUNTED)
        if candidate.answers is not None or not before.standing:
            self._answering.put(candidate.offer_id, candidate.answers)

    def remove(self, offer_id: UUID) -> None:
        """Take an offer out for good; one that is not there needs nothing."""
        slot = self._slots.pop(offer_id, None)
        if slot is None:
            return
        self._sums.change(self._columns.counted(slot), NOTHING_COUNTED)
        self._bitmaps.take(slot)
        self._answering.put(offer_id, None)
        self._free.append(slot)

    def expectations(self) -> Expectations:
        """What share of proposals is accepted, by the answers to the offers in here."""
        return self._sums.expectations()

    def search(self, request: Request, scale: Scale, *, top: int) -> Hits:
        """The best `top` offers that pass every hard filter: those of `search.search` over the same offers."""
        best, passed = self._best(self._question(request, scale), top)
        return Hits(best, passed, len(self))

    def best(self, request: Request, scale: Scale, *, top: int) -> tuple[Hit, ...]:
        """The same, and nothing is counted, which leaves out most of the work."""
        best, _ = self._best(self._question(request, scale, counting=False), top)
        return best

    def rank(self, request: Request, scale: Scale, hit: Hit) -> Rank | None:
        """The place of an offer that passes every hard filter and has that score; None where it is not in here."""
        slot = self._slots.get(hit.offer_id)
        if slot is None:
            return None
        line, question = self._columns.lines[slot], self._question(request, scale)
        preferred = int(line["organisation"]) in question.preferred
        answers = self._answering.applications.get(hit.offer_id) == request.application_id
        than = question.numbers._replace(
            than_key=key_of(hit.points, preferred, answers, int(line["reserved"])), than_slot=slot
        )
        _, passed, ahead = self._scan(question._replace(numbers=than), np.empty(1, np.int64), np.empty(1, np.int64))
        return Rank(ahead + 1, passed)

    def removed(self, request: Request, *, without: Collection[UUID] = ()) -> dict[frozenset[str], int]:
        """How many offers each set of hard filters rules out; the empty set is that of those that pass.

        Offers `without` are not counted.
        """
        numbers = np.zeros(1 << len(FILTERS), np.int64)
        columns, asked = self._columns, self._question(request, Scale())
        skipped = np.fromiter((self._slots[one] for one in without if one in self._slots), np.int64)
        scan.tally(
            self._bitmaps.bits,
            columns.lines,
            columns.pool,
            asked.numbers,
            asked.knows,
            asked.speakers,
            asked.levels,
            asked.modes,
            asked.excluded,
            asked.refused,
            asked.answering,
            skipped,
            numbers,
        )
        names = tuple(FILTERS)
        return {
            frozenset(name for place, name in enumerate(names) if failed >> place & 1): int(numbers[failed])
            for failed in np.flatnonzero(numbers).tolist()
        }

    def removed_by_each(self, request: Request, *, without: Collection[UUID] = ()) -> Counter[str]:
        """How many offers each hard filter alone rules out."""
        alone: Counter[str] = Counter()
        for failed, number in self.removed(request, without=without).items():
            alone.update(dict.fromkeys(failed, number))
        return alone

    def content(self) -> dict[UUID, tuple[object, ...]]:
        """All that is known of each offer, in the order of their ids, without a trace of how it came here."""
        codes = self._codes.by_column()
        known: dict[UUID, tuple[object, ...]] = {}
        for offer_id, slot in sorted(self._slots.items()):
            line = self._columns.lines[slot]
            names = frozenset(name for name, row in self._bitmaps.names() if self._bitmaps.is_set(row, slot))
            facts = [
                (name, codes[name].get(int(line[name])) if name in codes else line[name].tobytes())
                for name in LINE.names or ()
                if name not in OF_STRETCHES
            ]
            known[offer_id] = (
                names,
                tuple(facts),
                tuple(self._columns.stretches(slot)),
                self._answering.applications.get(offer_id),
            )
        return known

    def _best(self, question: Question, top: int) -> tuple[tuple[Hit, ...], int]:
        keys, slots = np.empty(top, np.int64), np.empty(top, np.int64)
        found, passed, _ = self._scan(question, keys, slots)
        numbers = self._columns.ids[slots[:found]].tolist()
        best = tuple(
            Hit(UUID(int=high << 64 | low), points_in(key))
            for (high, low), key in zip(numbers, keys[:found].tolist(), strict=True)
        )
        return best, passed

    def _scan(self, question: Question, keys: Rows, slots: Rows) -> tuple[int, int, int]:
        columns = self._columns
        found: tuple[int, int, int] = scan.best(
            self._bitmaps.bits, columns.lines, columns.ids, columns.pool, *question, keys, slots
        )
        return found

    def _question(self, request: Request, scale: Scale, *, counting: bool = True) -> Question:
        answering = self._answering.offers(request.application_id)
        return ask(
            request,
            scale,
            bitmaps=self._bitmaps,
            codes=self._codes,
            slots=self._slots,
            answering=(self._slots[one] for one in answering),
            counting=counting,
        )

    def _slot_for(self, offer_id: UUID) -> int:
        slot = self._slots[offer_id] = self._free.pop() if self._free else len(self._slots)
        self._bitmaps.make_room(slot + 1)
        self._columns.make_room(slot + 1)
        self._columns.name(slot, offer_id)
        return slot
