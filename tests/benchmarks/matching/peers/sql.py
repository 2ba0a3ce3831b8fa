"""What two databases are asked, in much the same words. All numbers are written out and none is a parameter."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from services.matching.engine.acceptance import PSEUDO_ANSWERS
from services.matching.engine.factors import DAC_PARTS, PSEUDO_RATINGS, SAME_SECTOR, SDG_PARTS, THEME_PARTS
from tests.benchmarks.matching.peers.question import Knowledge, Wanted


@dataclass(frozen=True, slots=True)
class Dialect:
    """`count`: how many bits of a number are set. `lookup`: one of these whole numbers, by its place from 0 on.

    `fence` goes after a query whose columns must be worked out once and not wherever they are used. `row_by_row`: it
    pays to spare most rows, which have one stretch of days, a look at the others.
    """

    count: Callable[[str], str]
    lookup: Callable[[Sequence[int], str], str]
    fence: str = ""
    row_by_row: bool = False


def best(wanted: Wanted, source: str, dialect: Dialect, width: int, top: int) -> str:
    """The places and scores of the best of a source whose rows pass all but what days and modes decide."""
    preferred = f"organisation IN ({_listed(wanted.preferred)}) DESC, " if wanted.preferred else ""
    return f"""
        SELECT place, {_score(wanted, dialect)} AS score FROM (
            SELECT *, {_enough(wanted)} AS enough FROM (
                SELECT *, {_free(wanted, width, dialect)} FROM ({source}) AS passing {dialect.fence}
            ) AS with_days {dialect.fence}
        ) AS with_mode
        WHERE enough > 0
        ORDER BY {preferred}score DESC, answers = {wanted.application} DESC, place LIMIT {top}"""


def welcome(wanted: Wanted) -> list[str]:
    """Conditions on who offers, for every offer, whatever it answers."""
    conditions = [f"organisation <> {one}" for one in wanted.ruled_out]
    if wanted.country is not None:
        conditions.append(f"country <> {wanted.country}")
    if wanted.refused:
        conditions.append(f"place NOT IN ({_listed(wanted.refused)})")
    return conditions


def suits(wanted: Wanted) -> list[str]:
    """Conditions on modes, months and languages, as bits."""
    conditions = [f"(modes & {wanted.every_mode}) <> 0", f"(months & {wanted.months}) <> 0"]
    return conditions if wanted.interpretation else [*conditions, f"(spoken & {wanted.spoken[0]}) <> 0"]


def _free(wanted: Wanted, width: int, dialect: Dialect) -> str:
    lengths = [
        f"greatest(0, least(last_{number}, {wanted.last}) - greatest(first_{number}, {wanted.first}) + 1)"
        for number in range(width)
    ] or ["0"]
    possible = [f"least({length}, most_{number})" for number, length in enumerate(lengths)] if width else ["0"]
    longest, free = f"greatest({', '.join(possible)})", " + ".join(lengths)
    if dialect.row_by_row:
        longest = f"CASE WHEN stretches = 1 THEN {possible[0]} ELSE {longest} END"
        free = f"CASE WHEN stretches = 1 THEN {lengths[0]} ELSE {free} END"
    return f"{longest} AS longest, {free} AS free"


def _enough(wanted: Wanted) -> str:
    cases = [
        f"WHEN (modes & {mode.bit}) <> 0 AND longest >= {mode.shortest} THEN {mode.enough}" for mode in wanted.modes
    ]
    return f"CASE {' '.join(cases)} ELSE 0 END"


def _score(wanted: Wanted, dialect: Dialect) -> str:
    expected = _number(wanted.expected)
    if wanted.expected_in:
        cases = [f"WHEN {country} THEN {_number(share)}" for country, share in wanted.expected_in.items()]
        expected = f"CASE country {' '.join(cases)} ELSE {expected} END"
    record = f"(rating * ratings + {_number(wanted.mean_rating)} * {PSEUDO_RATINGS}) / (ratings + {PSEUDO_RATINGS})"
    days = f"least({_number(1)}, free / {_cast('enough')})"
    fit = " + ".join(
        (
            _hundredths(_number(wanted.of_knowledge), _knows(wanted.knowledge, dialect)),
            dialect.lookup(wanted.of_role, "role"),
            dialect.lookup(wanted.of_kind, "kind"),
            _speaks(wanted),
            _hundredths(
                _number(wanted.of_availability), f"{_number(0.5)} * {days} + {_number(0.5)} * ({record} - 1) / 4"
            ),
        )
    )
    agrees = f"(accepted + {PSEUDO_ANSWERS} * {expected}) / (answered + {PSEUDO_ANSWERS})"
    return f"CAST({_hundredths(f'(({fit}) / {_number(100)})', f'({agrees})')} AS INTEGER)"


def _knows(knowledge: Knowledge, dialect: Dialect) -> str:
    codes = [f"dac & {knowledge.dac}", *(f"sectors & {bits}" for bits in knowledge.sectors)]
    covered = (
        dialect.count(f"themes & {knowledge.themes}"),
        f"{_number(SAME_SECTOR)} * ({' + '.join(map(dialect.count, codes))})",
        dialect.count(f"sdgs & {knowledge.sdgs}"),
    )
    named = [
        (parts, found, number)
        for parts, found, number in zip((THEME_PARTS, DAC_PARTS, SDG_PARTS), covered, knowledge.named, strict=True)
        if number
    ]
    if not named:
        return _number(0.5)
    total = " + ".join(f"{_number(parts)} * ({found} / {_number(number)})" for parts, found, number in named)
    return f"({total}) / {_number(sum(parts for parts, _, _ in named))}"


def _speaks(wanted: Wanted) -> str:
    interpreted, *levels = wanted.of_language
    cases = [
        f"WHEN (spoken & {bits}) <> 0 THEN {points}"
        for bits, points in reversed(list(zip(wanted.spoken, levels, strict=True)))
    ]
    return f"CASE {' '.join(cases)} ELSE {interpreted} END"


def _hundredths(weight: str, share: str) -> str:
    return f"floor({weight} * ({share}) * 100 + {_number(0.5)})"


def _number(value: float) -> str:
    return _cast(repr(float(value)))


def _cast(value: str) -> str:
    return f"CAST({value} AS FLOAT8)"


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
