"""A coordinator chooses peers: onto the shortlist, off it, and out to both sides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.matching.engine.values import Ranked
from services.matching.engine.verdicts import Verdict
from services.matching.rules import access
from services.matching.rules.proposals import UNPUBLISHED, Proposal, ProposalState, moved
from services.matching.rules.searches import AT_AN_END, published
from services.matching.rules.views import ProposalView, proposal_view
from services.matching.storage import proposals, searches
from services.matching.storage.ground import Ground, ground_of
from services.matching.use_cases.case import Case, lock_case
from services.matching.use_cases.looking import judge_offers
from services.matching.use_cases.searching import drawn_up, make_known
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import FieldProblem, Invalid, NotFound, WrongState, require


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Put these offers onto the shortlist of an application."""

    application_id: UUID
    offers: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class TakeOff:
    """Take an offer off the shortlist."""

    application_id: UUID
    offer_id: UUID


@dataclass(frozen=True, slots=True)
class Publish:
    """Propose these offers to both sides; none named: all that are on the shortlist."""

    application_id: UUID
    offers: tuple[UUID, ...] = ()


async def shortlist(work: UnitOfWork, command: Shortlist) -> list[ProposalView]:
    """Put offers onto the shortlist; those that are there already stay. Nobody outside is told.

    Raises Invalid with one problem for each offer that a filter rules out or that is not there, and changes nothing.
    """
    case = await _case(work, command.application_id)
    chosen = await _chosen(work, case, command.offers, await ground_of(work, case.search), ProposalState.SHORTLISTED)
    await proposals.put_proposals(work.connection, chosen)
    return [proposal_view(one) for one in chosen]


async def take_off(work: UnitOfWork, command: TakeOff) -> ProposalView:
    """Take an offer off the shortlist; it stays among what was computed."""
    case = await _case(work, command.application_id)
    listed = _unpublished(case).get(command.offer_id)
    if listed is None or listed.state is not ProposalState.SHORTLISTED:
        raise NotFound("not-on-the-shortlist", "This offer is not on the shortlist of this application.")
    back = moved(listed, ProposalState.COMPUTED)
    await proposals.save_proposal(work.connection, back)
    return proposal_view(back)


async def publish_choice(work: UnitOfWork, command: Publish) -> list[ProposalView]:
    """Propose what was chosen to both sides, as the offers are now; the days to answer begin today.

    Raises Invalid as `shortlist` does if one of them is ruled out by now, WrongState if nothing is chosen: then nobody
    is told anything.
    """
    case = await _case(work, command.application_id)
    listed = [one.offer_id for one in _unpublished(case).values() if one.state is ProposalState.SHORTLISTED]
    wanted = command.offers or tuple(listed)
    if not wanted:
        raise WrongState("shortlist-empty", "The shortlist is empty: put an offer onto it, or name offers to publish.")
    chosen = await _chosen(work, case, wanted, await ground_of(work, case.search), ProposalState.PUBLISHED)
    await searches.save_search(work.connection, published(case.search))
    await make_known(work, chosen)
    return [proposal_view(one) for one in chosen]


async def _case(work: UnitOfWork, application_id: UUID) -> Case:
    require(access.may(work.actor, "choose peers"), "choose peers")
    case = await lock_case(work, application_id)
    if case is None:
        raise NotFound("no-such-search", "No peers were searched for an application with this id.")
    if case.search.state in AT_AN_END:
        raise WrongState("search-at-an-end", f"The search is {case.search.state}; nobody can be chosen any more.")
    return case


async def _chosen(
    work: UnitOfWork, case: Case, wanted: Sequence[UUID], ground: Ground, to: ProposalState
) -> list[Proposal]:
    """The proposals of these offers in their new state, the best first, drawn up by what the offers are now."""
    ranked = _ranked(case, wanted, await judge_offers(work, case.search, wanted, ground))
    ranks = [one.rank for one in case.open_proposals if one.search == case.search.number]
    unpublished = _unpublished(case)
    chosen = []
    for rank, one in enumerate(ranked, start=max(ranks, default=0) + 1):
        fresh = drawn_up(work, case.search, one, ground.policy, rank, to)
        before = unpublished.get(fresh.offer_id)
        if before is not None:
            fresh = replace(fresh, proposal_id=before.proposal_id)
        chosen.append(fresh)
    return chosen


def _ranked(case: Case, wanted: Sequence[UUID], verdicts: Mapping[UUID, Verdict | None]) -> list[Ranked]:
    """The offers with their scores, the best first. Raises Invalid with a problem for each that can't be chosen."""
    open_already = {one.offer_id for one in case.open_proposals}
    problems, ranked = [], []
    for place, offer_id in enumerate(wanted):
        verdict = verdicts[offer_id]
        if offer_id in wanted[:place]:
            problems.append(_problem(place, "named-twice", "This offer is named before; leave it out here."))
        elif verdict is None:
            problems.append(_problem(place, "no-such-offer", "There is no open offer with this id."))
        elif offer_id in open_already:
            problems.append(_problem(place, "proposed-already", "This offer is proposed to both sides already."))
        elif verdict.ranked is None:
            named = ", ".join(verdict.obstacles)
            problems.append(
                _problem(place, verdict.obstacles[0], f"Ruled out by: {named}. See why, and what to relax.")
            )
        else:
            ranked.append(verdict.ranked)
    if problems:
        raise Invalid(
            "offers-ruled-out", "Some of these offers can't be chosen; leave them out.", fields=tuple(problems)
        )
    return sorted(ranked, key=lambda one: (-one.placed, one.candidate.offer_id))


def _problem(place: int, code: str, detail: str) -> FieldProblem:
    return FieldProblem(f"/offers/{place}", code, detail)


def _unpublished(case: Case) -> dict[UUID, Proposal]:
    return {one.offer_id: one for one in case.proposals.values() if one.state in UNPUBLISHED}
