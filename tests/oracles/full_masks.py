"""The search over columns of numpy, slow and obvious: a mask for every filter, a score for everybody, then a sort."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

import numpy as np
import numpy.typing as npt

from services.matching.engine import factors
from services.matching.engine.acceptance import PSEUDO_ANSWERS
from services.matching.engine.days import LIMITS, advised, free_stretches
from services.matching.engine.values import Candidate, Request, Scale
from shared.primitives.terms import Level, Mode, Position
from shared.vocabulary.population import population_band

Array = npt.NDArray[Any]
Mask = Array
POSITIONS = list(Position)
WORKING = (Level.B2, Level.C1, Level.C2)


class Coded:
    """A column of codes, as numbers."""

    def __init__(self, codes: Sequence[Any]) -> None:
        self.numbers: dict[Any, int] = {}
        self.column = np.array([self.numbers.setdefault(code, len(self.numbers)) for code in codes], np.int32)

    def among(self, wanted: Iterable[Any]) -> Mask:
        """Who has one of these few codes."""
        found: Mask = np.zeros(len(self.column), bool)
        for code in wanted:
            found |= self.column == self.numbers.get(code, -1)
        return found

    def each(self, value: Callable[[Any], float]) -> Array:
        """For everybody what their code is worth."""
        worth: Array = np.array([value(code) for code in self.numbers])[self.column]
        return worth


class FullMasks:
    """Offers as columns. Everything that can be prepared for all requests is."""

    def __init__(self, offers: Sequence[Candidate]) -> None:
        self.ids = np.array([one.offer_id.bytes for one in offers], "S16")
        self.offer_ids = [one.offer_id for one in offers]
        self.order_of_ids = np.argsort(np.argsort(np.array([one.offer_id.int for one in offers], object)))
        self.organisations = Coded([one.organisation_id for one in offers])
        self.answers = Coded([one.answers for one in offers])
        self.active = np.array([one.active for one in offers], bool)
        self.room = np.array([one.reserved < one.capacity for one in offers], bool)
        self.reserved = np.array([one.reserved for one in offers])
        self.themes = _having(offers, lambda one: one.themes)
        self.dac = _having(offers, lambda one: one.dac)
        self.sectors = _having(offers, lambda one: {code[:3] for code in one.dac})
        self.sdgs = _having(offers, lambda one: one.sdgs)
        self.modes = dict.fromkeys(Mode, np.zeros(len(offers), bool)) | _having(offers, lambda one: one.modes)
        self.speaks = _having(offers, _spoken)
        self.position = np.array([POSITIONS.index(one.position) for one in offers], np.int64)
        self.years = np.array([one.years_in_role for one in offers])
        self.ratings, self.rating = _numbers(offers, "ratings"), _numbers(offers, "rating")
        self.answered, self.accepted = _numbers(offers, "answered"), _numbers(offers, "accepted")
        self.country = Coded([one.place.country for one in offers])
        self.income = np.array([np.nan if one.place.income is None else one.place.income for one in offers])
        self.region = Coded([one.place.region for one in offers])
        self.subregion = Coded([one.place.subregion for one in offers])
        self.band = np.array(
            [np.nan if (size := one.place.population) is None else population_band(size).rank for one in offers]
        )
        free = [free_stretches(one) for one in offers]
        width = max(map(len, free), default=0)
        self.firsts, self.lasts = np.ones((len(offers), width)), np.zeros((len(offers), width))
        self.most = np.zeros((len(offers), width))
        for row, stretches in enumerate(free):
            for column, (days, most) in enumerate(stretches):
                self.firsts[row, column], self.lasts[row, column] = days.first.toordinal(), days.last.toordinal()
                self.most[row, column] = most

    def best(self, request: Request, scale: Scale, top: int) -> list[tuple[UUID, int]]:
        """The ids of the best, and their scores with what favours them, in hundredths of a point."""
        longest, free = self._days(request)
        mode, has_days = self._mode(request, longest)
        languages, understood = self._languages(request)
        passed = self._passed(request) & has_days & understood
        score = self._score(request, scale, free, mode, languages) + self._favour(request, scale)
        preferred = self.organisations.among(request.preferred)
        unanswered = ~self.answers.among([request.application_id])
        order = np.lexsort((self.order_of_ids, self.reserved, unanswered, -score, ~preferred))
        return [(self.offer_ids[row], int(score[row])) for row in order[passed[order]][:top]]

    def _days(self, request: Request) -> tuple[Array, Array]:
        first, last = request.window.first.toordinal(), request.window.last.toordinal()
        lengths = np.maximum(0, np.minimum(self.lasts, last) - np.maximum(self.firsts, first) + 1)
        return np.minimum(lengths, self.most).max(axis=1, initial=0), lengths.sum(axis=1)

    def _mode(self, request: Request, longest: Array) -> tuple[Array, Mask]:
        chosen, has_days = np.zeros(len(self.ids), np.int64), np.zeros(len(self.ids), bool)
        modes = advised(request.participants) if request.mode is None else (request.mode,)
        for mode in reversed(modes):
            shortest = LIMITS[mode].shortest
            fits = self.modes[mode] & (longest >= shortest)
            chosen[fits] = LIMITS[mode].usual
            has_days |= fits
        return chosen, has_days

    def _languages(self, request: Request) -> tuple[Array, Mask]:
        best = np.zeros(len(self.ids), np.int64)
        for place, level in enumerate(WORKING, start=1):
            for language, own in request.languages.items():
                if own.at_least(level) and (language, level) in self.speaks:
                    best[self.speaks[language, level]] = place
        return best, (best > 0) | request.interpretation

    def _passed(self, request: Request) -> Mask:
        answering = self.answers.among([request.application_id])
        knows = np.zeros(len(self.ids), bool)
        for code in request.themes:
            knows |= self.themes.get(code, False)
        for code in request.dac:
            knows |= self.dac.get(code, False)
            if request.related:
                knows |= self.sectors.get(code[:3], False)
        passed: Mask = (
            self.active
            & self.room
            & (self.answers.among([None]) | answering)
            & (knows | answering)
            & ~self.organisations.among([request.organisation_id, *request.excluded])
            & (request.same_country | ~self.country.among([request.place.country]))
            & ~np.isin(self.ids, np.array([one.bytes for one in request.refused], "S16"))
        )
        return passed

    def _score(self, request: Request, scale: Scale, free: Array, usual: Array, languages: Array) -> Array:
        weights = scale.weights
        enough = np.maximum(usual, 1) * factors.ENOUGH_CHOICE
        choice = np.minimum(1.0, free / enough)
        total = self.rating * self.ratings + scale.mean_rating * factors.PSEUDO_RATINGS
        record = total / (self.ratings + factors.PSEUDO_RATINGS)
        shares = (
            (weights.knowledge, self._knowledge(request)),
            (weights.position, self._position(request)),
            (weights.context, self._context(request)),
            (weights.language, np.array([factors.INTERPRETED, *factors.SHARE_OF_LEVEL.values()])[languages]),
            (weights.availability, 0.5 * choice + 0.5 * (record - 1) / 4),
        )
        fit = sum((_hundredths(weight, share) for weight, share in shares), np.zeros(len(self.ids), np.int64))
        expected = self.country.each(lambda country: scale.expected_in.get(country, scale.expected))
        theirs = scale.of_organisations
        others = self.organisations.each(lambda one: theirs[one][0] if one in theirs else 0) - self.answered
        accepted = self.organisations.each(lambda one: theirs[one][1] if one in theirs else 0) - self.accepted
        others = np.maximum(0, others)
        accepted = np.minimum(others, np.maximum(0, accepted))
        expected = (accepted + PSEUDO_ANSWERS * expected) / (others + PSEUDO_ANSWERS)
        agrees = (self.accepted + PSEUDO_ANSWERS * expected) / (self.answered + PSEUDO_ANSWERS)
        return _hundredths(fit / 100, agrees)

    def _favour(self, request: Request, scale: Scale) -> Array | int:
        points: Array | int = 0
        if scale.favour.first_timers:
            points = points + _hundredths(scale.favour.first_timers, (self.answered == 0) & (self.ratings == 0))
        if scale.favour.south_south and request.place.income in {0, 1, 2}:
            points = points + _hundredths(scale.favour.south_south, np.isin(self.income, (0, 1, 2)))
        return points

    def _knowledge(self, request: Request) -> Array:
        total, parts = np.zeros(len(self.ids)), 0
        codes = [
            0.5 * np.add(self.dac.get(code, 0), self.sectors.get(code[:3], 0), dtype=float) for code in request.dac
        ]
        for weight, found, number in (
            (4, [self.themes.get(code, 0) for code in request.themes], len(request.themes)),
            (3, codes, len(request.dac)),
            (3, [self.sdgs.get(goal, 0) for goal in request.sdgs], len(request.sdgs)),
        ):
            if number:
                total = total + weight * (sum(found, np.zeros(len(self.ids))) / number)
                parts += weight
        return total / parts if parts else np.full(len(self.ids), 0.5)

    def _position(self, request: Request) -> Array:
        alike = np.array([factors.likeness(request.position, other)[0] for other in POSITIONS])[self.position]
        share: Array = 0.6 * alike + 0.4 * (np.minimum(self.years, 10) / 10)
        return share

    def _context(self, request: Request) -> Array:
        place = request.place
        band = np.nan if place.population is None else population_band(place.population).rank
        population = np.nan_to_num(np.maximum(0, 1 - np.abs(self.band - band) / 3), nan=0.5)
        rank = np.nan if place.income is None else place.income
        income = np.nan_to_num(np.maximum(0, 1 - np.abs(self.income - rank) / 3), nan=0.5)
        region = np.where(self.region.among([place.region]), 0.5, 0.0)
        region[self.subregion.among([place.subregion]) & (place.subregion is not None)] = 1.0
        region[self.region.among([None]) | (place.region is None)] = 0.5
        return 0.4 * population + 0.35 * income + 0.25 * region


def _hundredths(weight: float | Array, share: Array) -> Array:
    return np.floor(weight * share * 100 + 0.5).astype(np.int64)


def _having(offers: Sequence[Candidate], codes: Callable[[Candidate], Iterable[Any]]) -> dict[Any, Mask]:
    """For each code, who has it."""
    masks: defaultdict[Any, Mask] = defaultdict(lambda: np.zeros(len(offers), bool))
    for row, one in enumerate(offers):
        for code in codes(one):
            masks[code][row] = True
    return dict(masks)


def _spoken(one: Candidate) -> Iterable[tuple[str, Level]]:
    return [(language, level) for language, own in one.languages.items() for level in WORKING if own.at_least(level)]


def _numbers(offers: Sequence[Candidate], name: str) -> Array:
    return np.array([float(getattr(one, name)) for one in offers])
