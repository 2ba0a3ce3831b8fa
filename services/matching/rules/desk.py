"""What a coordinator's desk shows of a search: the ranked list, one offer, what could be relaxed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from pydantic import Field

from services.matching.engine.relaxing import Effect, Relaxation
from services.matching.engine.values import Favour, Place, Ranked, Weights
from services.matching.engine.verdicts import Verdict
from services.matching.rules.proposals import Proposal, ProposalState
from services.matching.rules.searches import Search, SearchState
from services.matching.rules.views import View
from services.matching.rules.words import Standing, VerdictWords, pair_words, ruled_out_words, standing_words
from shared.events.matching import Contribution, FilteredOut, Raise
from shared.primitives.terms import Mode
from shared.wording.relaxing import would_pass
from shared.wording.speech import Speech


@dataclass(frozen=True, slots=True)
class Titled:
    """What an offer is called, and in which language."""

    title: str
    language: str


class RankedView(View):
    """An offer on the list, which goes by `placed`: its score, and the points that favour it.

    `was`: its rank without what is tried out, null if it was further down or ruled out. `proposal_id` and
    `state`: of the latest proposal of the pair.
    """

    rank: int
    was: int | None
    offer_id: UUID
    organisation_id: UUID
    country: str
    population: int | None
    title: str
    title_language: str
    score: float
    placed: float
    contributions: tuple[Contribution, ...]
    mode: Mode
    first: date
    last: date
    proposal_id: UUID | None
    state: ProposalState | None


class RankingView(View):
    """The best offers for an application under some weights, how many pass, and what each filter alone removes."""

    application_id: UUID
    state: SearchState
    programme: str
    policy: int
    weights: Weights
    favour: Favour
    relaxed: tuple[Relaxation, ...]
    considered: int
    passed: int
    filtered: tuple[FilteredOut, ...]
    offers: tuple[RankedView, ...]


class PlaceView(View):
    """What makes two governments comparable; null where nothing is known."""

    country: str
    population: int | None
    income: int | None = Field(description="rank of the country's income group, 0 to 3")
    region: str | None = Field(description="UN M49")
    subregion: str | None = Field(description="UN M49")


class PhrasesView(View):
    """The words in both titles that speak of a theme which both sides have chosen."""

    theme: str
    requester: tuple[str, ...]
    offerer: tuple[str, ...]


class VerdictView(View):
    """Why an offer is proposed, or why not.

    Ruled out: `obstacles` are the filters that do so, `lets_in` what could be relaxed, each alone, so that it would
    pass. Else: its rank among those that pass, what adds up to its score, what would raise it; `missing` are the points
    that it lacks to the last of those that a search proposes, 0 if it is among them; null where no points would help,
    as all that are proposed are of organisations that the applicant asked for, and those come first (`wished_first`).
    """

    application_id: UUID
    offer_id: UUID
    obstacles: tuple[str, ...]
    lets_in: tuple[Relaxation, ...]
    rank: int | None
    passed: int
    score: float | None
    missing: float | None
    wished_first: bool
    contributions: tuple[Contribution, ...]
    raises: tuple[Raise, ...]
    requester: PlaceView
    offerer: PlaceView
    phrases: tuple[PhrasesView, ...]
    words: VerdictWords


class EffectView(View):
    """How many offers would pass with these relaxations together, and the best score among them; `words` say it."""

    relax: tuple[Relaxation, ...]
    passed: int
    best: float | None
    words: str


class OpenSearchView(View):
    """A search that is not at its end, as it stands in the coordinators' list."""

    application_id: UUID
    reference: str
    title: str
    title_language: str
    country: str
    programme: str
    state: SearchState
    number: int
    considered: int
    unpublished: int = Field(description="proposals that were computed or shortlisted, and not published")
    open: int = Field(description="proposals that are published and not decided")


def ranked_views(
    ranked: Iterable[Ranked],
    titles: Mapping[UUID, Titled],
    proposals: Mapping[UUID, Proposal],
    was: Mapping[UUID, int],
) -> tuple[RankedView, ...]:
    """The list; `proposals` are the latest of each pair, `was` the ranks before, by offer."""
    return tuple(
        _ranked_view(one, rank, titles[one.candidate.offer_id], proposals.get(one.candidate.offer_id), was)
        for rank, one in enumerate(ranked, start=1)
    )


def place_view(place: Place) -> PlaceView:
    """A place as it is shown."""
    return PlaceView(
        country=place.country,
        population=place.population,
        income=place.income,
        region=place.region,
        subregion=place.subregion,
    )


def verdict_view(
    search: Search,
    verdict: Verdict,
    *,
    requester: Place,
    standing: Standing,
    phrases: Sequence[PhrasesView],
    speech: Speech,
) -> VerdictView:
    """The verdict."""
    ranked = verdict.ranked
    return VerdictView(
        application_id=search.application_id,
        offer_id=verdict.candidate.offer_id,
        obstacles=verdict.obstacles,
        lets_in=verdict.lets_in,
        rank=standing.rank,
        passed=standing.passed,
        score=ranked.score if ranked else None,
        missing=standing.missing,
        wished_first=standing.wished_first,
        contributions=ranked.contributions if ranked else (),
        raises=ranked.raises if ranked else (),
        requester=place_view(requester),
        offerer=place_view(verdict.candidate.place),
        phrases=tuple(phrases),
        words=_words(verdict, (requester, verdict.candidate.place), standing, speech),
    )


def effect_view(effect: Effect, speech: Speech) -> EffectView:
    """One effect."""
    words = would_pass(speech, effect.relax, effect.passed)
    return EffectView(relax=effect.relax, passed=effect.passed, best=effect.best, words=words)


def _words(
    verdict: Verdict,
    places: tuple[Place, Place],
    standing: Standing,
    speech: Speech,
) -> VerdictWords:
    ranked = verdict.ranked
    if ranked is None or standing.rank is None:
        return ruled_out_words(speech, verdict.obstacles, verdict.lets_in, places)
    pair = pair_words(speech, ranked.score, ranked.contributions, ranked.raises, places)
    return standing_words(speech, standing.rank, standing, pair)


def _ranked_view(
    one: Ranked, rank: int, title: Titled, proposal: Proposal | None, was: Mapping[UUID, int]
) -> RankedView:
    candidate = one.candidate
    return RankedView(
        rank=rank,
        was=was.get(candidate.offer_id),
        offer_id=candidate.offer_id,
        organisation_id=candidate.organisation_id,
        country=candidate.place.country,
        population=candidate.place.population,
        title=title.title,
        title_language=title.language,
        score=one.score,
        placed=one.placed / 100,
        contributions=one.contributions,
        mode=one.plan.mode,
        first=one.plan.days.first,
        last=one.plan.days.last,
        proposal_id=proposal.proposal_id if proposal else None,
        state=proposal.state if proposal else None,
    )
