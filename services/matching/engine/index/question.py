"""A request in the index's terms: rows of bits, numbers of places, tables of points."""

from collections.abc import Iterable, Mapping
from itertools import accumulate, chain
from typing import NamedTuple
from uuid import UUID

import numpy as np
import numpy.typing as npt

from services.matching.engine.days import LIMITS, advised
from services.matching.engine.factors import ENOUGH_CHOICE, hundredths
from services.matching.engine.filters import RANKS
from services.matching.engine.index import tables
from services.matching.engine.index.answers import Sums, sums_of
from services.matching.engine.index.bitmaps import Bitmaps
from services.matching.engine.index.columns import NOTHING_KNOWN
from services.matching.engine.index.entries import (
    ACTIVE,
    ANY_MODE,
    EVER,
    LIVE,
    MODES,
    OPEN,
    ROOM,
    WORKING_LEVELS,
    Codes,
    band_of,
    months_of,
)
from services.matching.engine.index.tables import Table
from services.matching.engine.values import Request, Scale
from shared.primitives.terms import Level

Rows = npt.NDArray[np.int64]
HIGHEST_KEY = 2**63 - 1


class Numbers(NamedTuple):
    """What a request is, in numbers. Days are proleptic ordinals; the rows are those of Bitmaps.

    `advised`: the first mode that fits is chosen of those that are offered. `most_beside_knowledge`: the most that an
    offer can get for all but that, in hundredths of a point; `most_beside_line`: for language and availability, which
    nothing tells before its days are looked at. `first_timer`, `south`: by how much an offer without a past, and one
    of the South, is placed higher. `counting`: each one that passes is counted, also those that can't be among the
    best. `than_key`, `than_slot`: it is counted how many come before an offer with this key in this slot.
    """

    live: int
    active: int
    room: int
    open: int
    mode: int
    advised: bool
    interpretation: bool
    first: int
    last: int
    own: int
    country: int
    same_country: bool
    band: int
    income: int
    region: int
    subregion: int
    availability: float
    mean_rating: float
    most_beside_knowledge: int
    most_beside_line: int
    first_timer: int
    south: int
    counting: bool
    than_key: int = HIGHEST_KEY
    than_slot: int = 0


class Question(NamedTuple):
    """What the kernel is asked: numbers, rows of bits, places in other arrays, and tables of points.

    `knows`: rows of who knows something of it. `months`: rows of who is free on some day of a month. `speakers`: rows
    of who speaks a language at B2 or better, then at C1, then at C2, for each language that the request speaks so well;
    `levels` says where each of the three begins, and the last ends. `modes`: places in Mode, in the order in which they
    are tried. `answering`: slots of the offers that answer this application. `theirs`: answers of each organisation.
    """

    numbers: Numbers
    knows: Rows
    themes: Rows
    dac: Rows
    sectors: Rows
    sdgs: Rows
    months: Rows
    speakers: Rows
    levels: Rows
    modes: Rows
    excluded: Rows
    preferred: Rows
    refused: Rows
    answering: Rows
    knowledge: Table
    position: Table
    context: Table
    language: Table
    expected: npt.NDArray[np.float64]
    theirs: Sums


SHORTEST = np.array([LIMITS[mode].shortest for mode in MODES], np.int64)
USUAL = np.array([LIMITS[mode].usual for mode in MODES], np.int64)
ENOUGH = USUAL * ENOUGH_CHOICE


def ask(
    request: Request,
    scale: Scale,
    *,
    bitmaps: Bitmaps,
    codes: Codes,
    slots: Mapping[UUID, int],
    answering: Iterable[int],
    counting: bool,
) -> Question:
    """The question that a request puts to the index.

    What `codes` and `slots` lack, no offer has. `answering`: slots of the offers that answer this application.
    """
    dac, points = sorted(request.dac), _points(request, scale)
    modes = advised(request.participants) if request.mode is None else (request.mode,)
    speakers = [_speakers(request, bitmaps, level) for level in WORKING_LEVELS]
    themes = [bitmaps.row(("theme", code)) for code in request.themes]
    purposes = [bitmaps.row(("dac", code)) for code in dac]
    sectors = [bitmaps.row(("sector", code[:3])) for code in dac]
    return Question(
        numbers=_numbers(request, scale, bitmaps, codes, points, counting=counting),
        knows=_rows((*themes, *purposes, *(sectors if request.related else ()))),
        themes=_rows(themes),
        dac=_rows(purposes),
        sectors=_rows(sectors),
        sdgs=_rows(bitmaps.row(("sdg", number)) for number in request.sdgs),
        months=_rows(_free_in(request, bitmaps)),
        speakers=_rows(chain.from_iterable(speakers)),
        levels=_rows(accumulate(map(len, speakers), initial=0)),
        modes=_rows(MODES.index(mode) for mode in modes),
        excluded=_known(request.excluded, codes.organisations),
        preferred=_known(request.preferred, codes.organisations),
        refused=_known(request.refused, slots),
        answering=_rows(answering),
        **points._asdict(),
        expected=_expected(scale, codes.countries),
        theirs=sums_of(scale.of_organisations, codes.organisations),
    )


class _Points(NamedTuple):
    """The tables of points of a question."""

    knowledge: Table
    position: Table
    context: Table
    language: Table


def _points(request: Request, scale: Scale) -> _Points:
    weights = scale.weights
    return _Points(
        knowledge=tables.knowledge(weights.knowledge, len(request.themes), len(request.dac), len(request.sdgs)),
        position=tables.position(weights.position, request.position),
        context=tables.context(weights.context),
        language=tables.language(weights.language),
    )


def _numbers(
    request: Request, scale: Scale, bitmaps: Bitmaps, codes: Codes, points: _Points, *, counting: bool
) -> Numbers:
    first_timer = hundredths(scale.favour.first_timers, 1.0)
    south = hundredths(scale.favour.south_south, 1.0) if request.place.is_south else 0
    most_beside_line = int(points.language.max()) + hundredths(scale.weights.availability, 1.0)
    return Numbers(
        live=bitmaps.row(LIVE),
        active=bitmaps.row(ACTIVE),
        room=bitmaps.row(ROOM),
        open=bitmaps.row(OPEN),
        mode=bitmaps.row(ANY_MODE if request.mode is None else request.mode),
        advised=request.mode is None,
        interpretation=request.interpretation,
        first=request.window.first.toordinal(),
        last=request.window.last.toordinal(),
        own=codes.organisations.get(request.organisation_id, NOTHING_KNOWN),
        country=codes.countries.get(request.place.country, NOTHING_KNOWN),
        same_country=request.same_country,
        band=band_of(request.place.population),
        income=NOTHING_KNOWN if request.place.income is None else request.place.income,
        region=_place(request.place.region, codes.places),
        subregion=_place(request.place.subregion, codes.places),
        availability=float(scale.weights.availability),
        mean_rating=float(scale.mean_rating),
        most_beside_knowledge=most_beside_line
        + int(points.position.max() + points.context.max())
        + first_timer
        + south,
        most_beside_line=most_beside_line,
        first_timer=first_timer,
        south=south,
        counting=counting,
    )


def _free_in(request: Request, bitmaps: Bitmaps) -> Iterable[int]:
    months = months_of([request.window])
    return map(bitmaps.row, (LIVE,) if EVER in months else (EVER, *months))


def _rows(numbers: Iterable[int]) -> Rows:
    return np.fromiter(numbers, np.int64)


def _known(ids: Iterable[UUID], numbers: Mapping[UUID, int]) -> Rows:
    return _rows(numbers[one] for one in ids if one in numbers)


def _place(code: str | None, places: Mapping[str, int]) -> int:
    # A region that no offer is in differs from all of theirs, and is not unknown.
    return NOTHING_KNOWN if code is None else places.get(code, len(places))


def _speakers(request: Request, bitmaps: Bitmaps, level: Level) -> list[int]:
    return [
        bitmaps.row(("language", language, level))
        for language, own in request.languages.items()
        if RANKS[own] >= RANKS[level]
    ]


def _expected(scale: Scale, countries: Mapping[str, int]) -> npt.NDArray[np.float64]:
    expected = np.full(len(countries) + 1, scale.expected)
    for country, share in scale.expected_in.items():
        if country in countries:
            expected[countries[country]] = share
    return expected
