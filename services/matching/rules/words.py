"""The explanation of a pair in the reader's language, said from its codes and numbers and from nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field

from services.matching.engine.relaxing import Relaxation
from services.matching.engine.values import Place
from services.matching.rules.views import View
from shared.events.matching import Contribution, Raise
from shared.wording.against import against
from shared.wording.places import comparison
from shared.wording.raising import raised
from shared.wording.reasons import factor_name, reason
from shared.wording.relaxing import relaxation_name
from shared.wording.speech import Speech, sentence
from shared.wording.summary import standing, summary


class FactorWords(View):
    """One factor: what it is about, its points, and why."""

    factor: str
    points: float
    out_of: float
    because: str


class PairWords(View):
    """Why a pair fits: in a sentence, factor by factor, the facts of both places, and what would raise the score."""

    language: str = Field(description="BCP 47")
    summary: str
    factors: tuple[FactorWords, ...]
    places: tuple[str, ...]
    raises: tuple[str, ...]


class VerdictWords(View):
    """Why, or why not: what rules the offer out and what could be relaxed; or where it stands, and why it fits."""

    language: str = Field(description="BCP 47")
    against: tuple[str, ...]
    lets_in: tuple[str, ...]
    standing: str | None
    pair: PairWords | None
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an offer stands among those that pass; `rank`: None for one that does not.

    `missing`: the points that it lacks to the last of those that a search proposes, 0 if it is among them. None where
    no points would help, as `wished_first`: all that are proposed are of organisations that the applicant asked for.
    """

    rank: int | None
    passed: int
    missing: float | None = None
    is_proposed: bool = False
    wished_first: bool = False


def pair_words(
    speech: Speech,
    score: float,
    contributions: Sequence[Contribution],
    raises: Sequence[Raise],
    places: tuple[Place, Place],
) -> PairWords:
    """A pair that fits, in words; `places`: of the applicant and of the peer."""
    return PairWords(
        language=speech.language,
        summary=summary(speech, score, contributions),
        factors=tuple(_factor(speech, one) for one in contributions),
        places=comparison(speech, *places),
        raises=tuple(raised(speech, one) for one in raises),
    )


def ruled_out_words(
    speech: Speech, obstacles: Sequence[str], lets_in: Sequence[Relaxation], places: tuple[Place, Place]
) -> VerdictWords:
    """A pair that does not fit."""
    return VerdictWords(
        language=speech.language,
        against=tuple(against(speech, one) for one in obstacles),
        lets_in=tuple(relaxation_name(speech, one) for one in lets_in),
        standing=None,
        pair=None,
        places=comparison(speech, *places),
    )


def standing_words(speech: Speech, rank: int, found: Standing, pair: PairWords) -> VerdictWords:
    """A pair that fits, and its place among the others."""
    behind = None if found.is_proposed else found.missing
    return VerdictWords(
        language=speech.language,
        against=(),
        lets_in=(),
        standing=standing(speech, rank, found.passed, behind, wished_first=found.wished_first),
        pair=pair,
        places=pair.places,
    )


def _factor(speech: Speech, one: Contribution) -> FactorWords:
    why = [reason(speech, code) for code in one.because]
    return FactorWords(
        factor=factor_name(speech, one.factor),
        points=one.points,
        out_of=one.out_of,
        because=sentence(speech.listing(why)) if why else "",
    )
