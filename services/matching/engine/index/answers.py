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


class AnswerSums:
    """Sums of what the lines of offers say."""

    def __init__(self, codes: Codes) -> None:
        self._codes = codes
        self._countries, self._organisations = [np.zeros((FIRST_ROWS, 2), np.int32) for _ in range(2)]

    @classmethod
    def of(cls, codes: Codes, lines: npt.NDArray[np.void]) -> "AnswerSums":
        """The sums of these lines."""
        sums = cls(codes)
        sums._make_room(len(codes.countries), len(codes.organisations))
        for place, name in enumerate(("answered", "accepted")):
            np.add.at(sums._countries[:, place], lines["country"], lines[name])
            np.add.at(sums._organisations[:, place], lines["organisation"], lines[name])
        return sums

    def count(self, counted: Counted, sign: int) -> None:
        """Add what is counted of one offer, or take it away."""
        self._make_room(counted.country + 1, counted.organisation + 1)
        if counted.answered:
            for sums, number in ((self._countries, counted.country), (self._organisations, counted.organisation)):
                sums[number, 0] += sign * counted.answered
                sums[number, 1] += sign * counted.accepted

    def expectations(self) -> Expectations:
        """What share of proposals is accepted all over and in each country, and what each organisation answered."""
        of_countries = self._countries[: len(self._codes.countries)].tolist()
        known = {
            country: Answers(*of_countries[number])
            for country, number in self._codes.countries.items()
            if number < len(of_countries) and of_countries[number][0]
        }
        return Expectations(*expectations(known), OfOrganisations(self._codes.organisations, self))

    @property
    def by_organisation(self) -> Sums:
        """By the organisations' numbers."""
        return self._organisations

    def _make_room(self, countries: int, organisations: int) -> None:
        if countries > len(self._countries):
            self._countries = _grown(self._countries, countries)
        if organisations > len(self._organisations):
            self._organisations = _grown(self._organisations, organisations)


class OfOrganisations(Mapping[UUID, Answers]):
    """What each organisation answered to proposals of its offers, as the index knows it at the moment of asking."""

    def __init__(self, numbers: Mapping[UUID, int], sums: AnswerSums) -> None:
        self._numbers, self._sums = numbers, sums

    def __getitem__(self, organisation_id: UUID) -> Answers:
        number, sums = self._numbers[organisation_id], self.by_number
        if number >= len(sums) or not sums[number, 0]:
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


def _grown(sums: Sums, rows: int) -> Sums:
    grown = np.zeros((max(2 * len(sums), rows), 2), np.int32)
    grown[: len(sums)] = sums
    return grown
