"""How proposals of the offers in an index were answered: sums by country and by organisation, kept at every change."""

from collections.abc import Iterator, Mapping
from uuid import UUID

import numpy as np
import numpy.typing as npt

from services.matching.engine.acceptance import Answers, Expectations, expectations
from services.matching.engine.index.columns import Counted
from services.matching.engine.index.entries import Codes

Sums = npt.NDArray[np.int32]  # a row for each number: answered, accepted
FIRST_ROWS = 256


class _Table:
    """Answers and accepted ones by number, in rows that become more when a higher number comes."""

    def __init__(self) -> None:
        self._hold(np.zeros((FIRST_ROWS, 2), np.int32))

    def add(self, number: int, answered: int, accepted: int) -> None:
        """Add to the sums of a number."""
        if number >= len(self.rows):
            self.make_room(number + 1)
        self._flat[2 * number] += answered
        self._flat[2 * number + 1] += accepted

    def make_room(self, rows: int) -> None:
        """Let there be at least so many rows."""
        if rows > len(self.rows):
            grown = np.zeros((max(2 * len(self.rows), rows), 2), np.int32)
            grown[: len(self.rows)] = self.rows
            self._hold(grown)

    def _hold(self, rows: Sums) -> None:
        # The same memory twice: a view gives Python's own numbers, which add in a third of the time of numpy's.
        self.rows, self._flat = rows, rows.reshape(-1).data


class AnswerSums:
    """Sums of what the lines of offers say."""

    def __init__(self, codes: Codes) -> None:
        self._codes = codes
        self._countries, self._organisations = _Table(), _Table()

    @classmethod
    def of(cls, codes: Codes, lines: npt.NDArray[np.void]) -> "AnswerSums":
        """The sums of these lines."""
        sums = cls(codes)
        sums._countries.make_room(len(codes.countries))
        sums._organisations.make_room(len(codes.organisations))
        for place, name in enumerate(("answered", "accepted")):
            np.add.at(sums._countries.rows[:, place], lines["country"], lines[name])
            np.add.at(sums._organisations.rows[:, place], lines["organisation"], lines[name])
        return sums

    def change(self, before: Counted, after: Counted) -> None:
        """Count one offer as what it is now, in place of what it was."""
        for counted, sign in ((before, -1), (after, 1)):
            if counted.answered:
                answered, accepted = sign * counted.answered, sign * counted.accepted
                self._countries.add(counted.country, answered, accepted)
                self._organisations.add(counted.organisation, answered, accepted)

    def expectations(self) -> Expectations:
        """What share of proposals is accepted all over and in each country, and what each organisation answered."""
        of_countries = self._countries.rows[: len(self._codes.countries)].tolist()
        known = {
            country: Answers(*of_countries[number])
            for country, number in self._codes.countries.items()
            if number < len(of_countries) and of_countries[number][0]
        }
        return Expectations(*expectations(known), OfOrganisations(self._codes.organisations, self))

    @property
    def by_organisation(self) -> Sums:
        """By the organisations' numbers."""
        return self._organisations.rows


class OfOrganisations(Mapping[UUID, Answers]):
    """What each organisation answered to proposals of its offers, as the index knows it at the moment of asking."""

    def __init__(self, numbers: Mapping[UUID, int], sums: AnswerSums) -> None:
        self._numbers, self._sums = numbers, sums

    def __getitem__(self, organisation_id: UUID) -> Answers:
        number, sums = self._numbers.get(organisation_id), self.by_number
        if number is None or number >= len(sums) or not sums[number, 0]:
            raise KeyError(organisation_id)
        return Answers(*sums[number].tolist())

    def __iter__(self) -> Iterator[UUID]:
        return (one for one in self._numbers if one in self)

    def __len__(self) -> int:
        return int(np.count_nonzero(self.by_number[:, 0]))

    @property
    def by_number(self) -> Sums:
        """By the organisations' numbers."""
        return self._sums.by_organisation

    def is_of(self, numbers: Mapping[UUID, int]) -> bool:
        """Whether these are the numbers that rows are told apart by."""
        return numbers is self._numbers


def sums_of(of_organisations: Mapping[UUID, tuple[int, int]], numbers: Mapping[UUID, int]) -> Sums:
    """The same for the kernel: rows by the organisations' numbers, which need not reach to the last of them."""
    if isinstance(of_organisations, OfOrganisations) and of_organisations.is_of(numbers):
        return of_organisations.by_number
    known = {numbers[one]: answers for one, answers in of_organisations.items() if one in numbers}
    sums = np.zeros((max(known, default=-1) + 1, 2), np.int32)
    for number, answers in known.items():
        sums[number] = answers
    return sums
