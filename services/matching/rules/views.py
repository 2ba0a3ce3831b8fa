"""What the API tells of searches and proposals."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.matching.engine.relaxing import Relaxation
from services.matching.rules.proposals import Proposal, ProposalState
from services.matching.rules.reminders import reminder_days
from services.matching.rules.searches import Call, Search, SearchState
from shared.events.matching import Contribution, FilteredOut, Raise
from shared.primitives.terms import Mode, Side


class View(BaseModel):
    """A frozen reply."""

    model_config = ConfigDict(frozen=True)


class ProposalView(View):
    """A proposal. The points of its contributions add up to its score; days are inclusive.

    `raises` says what of the offer would raise the score, and by how much, each alone. `reminders` are the days on
    which a side that has not answered by then is reminded.
    """

    proposal_id: UUID
    application_id: UUID
    offer_id: UUID
    requester_id: UUID
    offerer_id: UUID
    state: ProposalState
    search: int
    rank: int
    score: float
    contributions: tuple[Contribution, ...]
    raises: tuple[Raise, ...]
    mode: Mode
    first: date
    last: date
    respond_by: date
    reminders: tuple[date, ...]
    reason: str | None
    declined_by: Side | None


class CallView(View):
    """A targeted call to associations."""

    associations: tuple[UUID, ...]
    languages: tuple[str, ...]
    closes_on: date


class OpenCallView(CallView):
    """A call that awaits offers, and what is asked for. An association is told of itself only among those asked."""

    application_id: UUID
    reference: str
    title: str
    title_language: str
    country: str
    themes: tuple[str, ...]
    sdgs: tuple[int, ...]
    dac: tuple[str, ...]
    mode: Mode | None
    earliest: date
    latest: date
    interpretation: bool


class SearchView(View):
    """The search of an application: its state, and how many offers each hard filter alone removed at the last look.

    `relax`: what the applicant does without since.
    """

    application_id: UUID
    state: SearchState
    number: int
    considered: int
    filtered: tuple[FilteredOut, ...]
    call: CallView | None
    relax: tuple[Relaxation, ...]


def proposal_view(proposal: Proposal) -> ProposalView:
    """The proposal as its two sides and coordinators see it."""
    return ProposalView(
        proposal_id=proposal.proposal_id,
        application_id=proposal.application_id,
        offer_id=proposal.offer_id,
        requester_id=proposal.requester_id,
        offerer_id=proposal.offerer_id,
        state=proposal.state,
        search=proposal.search,
        rank=proposal.rank,
        score=proposal.score,
        contributions=proposal.contributions,
        raises=proposal.raises,
        mode=proposal.mode,
        first=proposal.days.first,
        last=proposal.days.last,
        respond_by=proposal.respond_by,
        reminders=reminder_days(proposal.working_days),
        reason=proposal.reason,
        declined_by=proposal.declined_by,
    )


def search_view(search: Search) -> SearchView:
    """The search as the applicant and coordinators see it."""
    call = search.call and CallView(
        associations=search.call.associations, languages=search.call.languages, closes_on=search.call.closes_on
    )
    return SearchView(
        application_id=search.application_id,
        state=search.state,
        number=search.number,
        considered=search.considered,
        filtered=search.filtered,
        call=call,
        relax=tuple(sorted(search.relax)),
    )


def open_call_view(search: Search, call: Call, told: Collection[UUID]) -> OpenCallView:
    """The call of a search; `told`: the associations that the reader may know of."""
    asked = search.application
    return OpenCallView(
        associations=tuple(one for one in call.associations if one in told),
        languages=call.languages,
        closes_on=call.closes_on,
        application_id=search.application_id,
        reference=asked.reference,
        title=asked.title,
        title_language=asked.title_language,
        country=asked.organisation.country,
        themes=asked.themes,
        sdgs=asked.sdgs,
        dac=asked.dac,
        mode=asked.mode,
        earliest=asked.earliest,
        latest=asked.latest,
        interpretation=asked.interpretation,
    )
