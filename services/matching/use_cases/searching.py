"""Looking for peers: over all offers for one application, with proposals or the reasons why there are none."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.matching.engine.values import Found, Ranked
from services.matching.rules import searches as rules
from services.matching.rules.calendar import working_days
from services.matching.rules.policy import Policy, Publishing
from services.matching.rules.proposals import Proposal, ProposalState
from services.matching.rules.reminders import next_reminder
from services.matching.rules.searches import Search, SearchState
from services.matching.storage import proposals, searches
from services.matching.storage.ground import Ground, ground_of, ground_of_new
from services.matching.use_cases.looking import find_best, judge_offers
from shared.events.intake import ApplicationValidated
from shared.events.matching import CandidatesFound, MatchProposed, NoMatchFound
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import WrongState


async def propose_matches(work: UnitOfWork, event: ApplicationValidated) -> None:
    """Open the search of a validated application and propose the best offers to both sides.

    An older or repeated validation changes nothing; a newer one of the same application is refused.
    """
    ground = await ground_of_new(work, event.programme)
    begun = Search(event, SearchState.SEARCHING, ground.policy.version, number=0)
    found = await find_best(work, begun, ground)
    search = rules.looked(begun, found, ground.policy.publishing)
    fresh = _drawn_up(work, search, found.ranked, ground.policy)
    if await searches.add_search(work.connection, search, sequence_of(work), fresh):
        _tell(work, search, found, fresh)
    elif sequence_of(work) > await searches.sequence_of(work.connection, event.application_id):
        raise WrongState("already-searched", "This application was validated before; withdraw it and apply anew.")


async def look_for_peers(work: UnitOfWork, search: Search, *, ask_again: bool = False) -> Search:
    """Look over all offers; propose the best, or let a coordinator choose, or say that there is no match and why.

    The search is locked and has no open proposal. Pairs that came to nothing before are left out, unless those
    who did not agree shall be asked again. What a coordinator has put onto the shortlist stays there while it fits.
    """
    ground = await ground_of(work, search)
    if ask_again:
        ground = replace(ground, refused=frozenset())
    found = await find_best(work, search, ground)
    search = rules.looked(search, found, ground.policy.publishing)
    fresh = _drawn_up(work, search, found.ranked, ground.policy)
    shortlist = await _shortlist(work, search, ground) - {one.offer_id for one in fresh if one.is_open}
    await searches.save_search(work.connection, search)
    await proposals.end_unpublished(work.connection, search.application_id, but=shortlist)
    await proposals.put_proposals(work.connection, [one for one in fresh if one.offer_id not in shortlist])
    _tell(work, search, found, fresh)
    return search


async def _shortlist(work: UnitOfWork, search: Search, ground: Ground) -> set[UUID]:
    """The offers on the shortlist that can still be proposed."""
    listed = await proposals.shortlisted_offers(work.connection, search.application_id)
    verdicts = await judge_offers(work, search, listed, ground) if listed else {}
    return {one for one, verdict in verdicts.items() if verdict is not None and verdict.ranked is not None}


def _drawn_up(
    work: UnitOfWork, search: Search, ranked: Sequence[Ranked], policy: Policy, first_rank: int = 1
) -> list[Proposal]:
    """What was found as proposals: published, or computed for a coordinator to choose from."""
    by_itself = policy.publishing is Publishing.BY_ITSELF
    state = ProposalState.PUBLISHED if by_itself else ProposalState.COMPUTED
    return [drawn_up(work, search, one, policy, rank, state) for rank, one in enumerate(ranked, start=first_rank)]


def _tell(work: UnitOfWork, search: Search, found: Found, fresh: Sequence[Proposal]) -> None:
    if not fresh:
        work.announce(
            NoMatchFound(
                application_id=search.application_id,
                considered=found.considered,
                filtered=found.filtered,
                search=search.number,
            ),
            case=search.application_id,
        )
    elif fresh[0].state is ProposalState.COMPUTED:
        work.announce(
            CandidatesFound(application_id=search.application_id, candidates=len(fresh), search=search.number),
            case=search.application_id,
        )
    else:
        _tell_proposed(work, fresh)


async def put_forward(
    work: UnitOfWork, search: Search, ranked: Sequence[Ranked], policy: Policy, *, first_rank: int
) -> None:
    """Store further proposals of a search that has some: published, or computed where a coordinator chooses."""
    await make_known(work, _drawn_up(work, search, ranked, policy, first_rank))


async def publish(work: UnitOfWork, search: Search, ranked: Sequence[Ranked], policy: Policy) -> list[Proposal]:
    """Store proposals and announce them to both sides; returns them. The search that found them is stored."""
    fresh = [drawn_up(work, search, one, policy, rank) for rank, one in enumerate(ranked, start=1)]
    await make_known(work, fresh)
    return fresh


async def make_known(work: UnitOfWork, fresh: Sequence[Proposal]) -> None:
    """Store proposals, and announce those that are published to both sides."""
    await proposals.put_proposals(work.connection, fresh)
    _tell_proposed(work, fresh)


def _tell_proposed(work: UnitOfWork, fresh: Sequence[Proposal]) -> None:
    for proposal in fresh:
        if proposal.is_open:
            work.announce(_proposed(proposal), case=proposal.application_id)


def drawn_up(
    work: UnitOfWork,
    search: Search,
    one: Ranked,
    policy: Policy,
    rank: int,
    state: ProposalState = ProposalState.PUBLISHED,
) -> Proposal:
    """The proposal of one pair; both sides have the same days to answer, those on which both are at work."""
    organisation = search.application.organisation
    countries = (organisation.country, one.candidate.place.country)
    to_answer = working_days(work.today, policy.answer_days, countries)
    return Proposal(
        proposal_id=work.new_id(),
        application_id=search.application_id,
        offer_id=one.candidate.offer_id,
        requester_id=organisation.organisation_id,
        offerer_id=one.candidate.organisation_id,
        member_id=one.candidate.member_id,
        state=state,
        search=search.number,
        rank=rank,
        score=one.score,
        contributions=one.contributions,
        raises=one.raises,
        mode=one.plan.mode,
        days=one.plan.days,
        respond_by=to_answer[-1],
        proposed_at=work.now,
        working_days=to_answer,
        remind_on=next_reminder(to_answer, work.today),
    )


def sequence_of(work: UnitOfWork) -> int:
    """The place of the event that is reacted to in its aggregate's order."""
    if work.cause is None:
        raise RuntimeError("a reaction was called without its event")
    return work.cause.sequence


def _proposed(proposal: Proposal) -> MatchProposed:
    return MatchProposed(
        proposal_id=proposal.proposal_id,
        application_id=proposal.application_id,
        offer_id=proposal.offer_id,
        requester_id=proposal.requester_id,
        offerer_id=proposal.offerer_id,
        rank=proposal.rank,
        score=proposal.score,
        contributions=proposal.contributions,
        mode=proposal.mode,
        first=proposal.days.first,
        last=proposal.days.last,
        respond_by=proposal.respond_by,
        search=proposal.search,
        raises=proposal.raises,
    )
