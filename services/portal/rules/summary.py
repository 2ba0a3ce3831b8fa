"""Where a case stands as a whole, what comes next, who acts and by when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.portal.rules.parts import (
    Exchange,
    Parts,
    Practice,
    PracticeState,
    Proposal,
    ProposalState,
    Survey,
    SurveyState,
)
from services.portal.rules.states import MILESTONE_OF, STAGE_OF, Milestone, Stage, State
from shared.events.evaluation import SurveyKind
from shared.primitives.terms import Mode, Side


class Party(StrEnum):
    """Who acts next."""

    CONNECT = "connect"
    REQUESTER = "requester"
    OFFERER = "offerer"
    REVIEWERS = "reviewers"
    COORDINATOR = "coordinator"
    ASSOCIATION = "association"
    ASSOCIATIONS = "associations"


class Step(StrEnum):
    """What is to be done next."""

    ARRIVE = "arrive"
    CHECK = "check"
    COMPLETE = "complete"
    REVIEW = "review"
    SEARCH = "search"
    ANSWER = "answer"
    CALL = "call"
    OFFER = "offer"
    PLAN = "plan"
    AGREE = "agree"
    SCHEDULE = "schedule"
    PREPARE = "prepare"
    START = "start"
    HOLD = "hold"
    REPORT = "report"
    COMMIT = "commit"
    PUT_TO_USE = "put-to-use"
    CHECK_PRACTICE = "check-practice"


@dataclass(frozen=True, slots=True)
class NextStep:
    """What comes next. `by` is the last day, None where no date is set."""

    step: Step
    who: tuple[Party, ...]
    by: date | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """One case in short. `organisations` are all that are named in it; `practices` counts the published ones.

    `offerer_id` is set once a match is confirmed; `peer_id` also before, while one proposal stands out.
    """

    state: State
    next_step: NextStep | None
    requester_id: UUID | None
    offerer_id: UUID | None
    peer_id: UUID | None
    mode: Mode | None
    first: date | None
    last: date | None
    organisations: frozenset[UUID]
    was_held: bool
    practices: int

    @property
    def stage(self) -> Stage:
        """The coarse place of the case."""
        return STAGE_OF[self.state]

    @property
    def milestone(self) -> Milestone:
        """The step of the journey that the case is in."""
        return MILESTONE_OF[self.state]


def summarise(parts: Parts) -> Summary:
    """The case as it stands."""
    state = state_of(parts)
    exchange, match = current_exchange(parts), confirmed(parts)
    return Summary(
        state=state,
        next_step=next_step(parts, state),
        requester_id=parts.application.requester_id,
        offerer_id=match.offerer_id if match else None,
        peer_id=match.offerer_id if match else _only_candidate(open_proposals(parts)),
        mode=(exchange.mode if exchange else None) or parts.application.mode,
        first=exchange.first if exchange else parts.application.earliest,
        last=exchange.last if exchange else parts.application.latest,
        organisations=_organisations(parts),
        was_held=any(exchange.days is not None for exchange in parts.exchanges),
        practices=sum(practice.state == PracticeState.PUBLISHED for practice in parts.practices),
    )


_FINAL = frozenset({State.REJECTED, State.WITHDRAWN, State.CLOSED, State.CLOSED_UNMATCHED, State.CANCELLED})


def state_of(parts: Parts) -> State:
    """The state of the part that is furthest on its way; an application that is over ends the case."""
    if parts.application.state in _FINAL:
        return parts.application.state
    exchange = current_exchange(parts)
    if exchange is not None:
        return exchange.state
    if confirmed(parts) is not None:
        return State.MATCHED
    if open_proposals(parts):
        return State.PROPOSED
    if parts.search.call_closes_on is not None:
        return State.CALL_OPEN
    return State.NO_MATCH if parts.search.nobody else parts.application.state


def current_exchange(parts: Parts) -> Exchange | None:
    """The exchange of the case: one that takes place if there is any, else one that was cancelled."""
    going_on = [exchange for exchange in parts.exchanges if exchange.state != State.CANCELLED]
    return next(iter(going_on or parts.exchanges), None)


def confirmed(parts: Parts) -> Proposal | None:
    """The proposal that both sides agreed to."""
    return next((proposal for proposal in parts.proposals if proposal.state == ProposalState.CONFIRMED), None)


def open_proposals(parts: Parts) -> tuple[Proposal, ...]:
    """Proposals that wait for an answer."""
    return tuple(proposal for proposal in parts.proposals if proposal.state == ProposalState.OPEN)


def next_step(parts: Parts, state: State) -> NextStep | None:
    """What comes next in this state; None when nothing is left to be done."""
    if state in (State.CLOSED, State.FOLLOWING_UP) and (waiting := _unchecked_practice(parts)):
        drafted = waiting.state == PracticeState.DRAFTED
        return NextStep(Step.CHECK_PRACTICE, (Party.ASSOCIATION if drafted else Party.REQUESTER,))
    if state == State.PROPOSED:
        return _answer(open_proposals(parts))
    planned = _STEPS.get(state)
    if planned is None:
        return None
    step, who = planned
    return NextStep(step, who, _due(parts, state))


_STEPS: Mapping[State, tuple[Step, tuple[Party, ...]]] = {
    State.HEARD_OF: (Step.ARRIVE, (Party.CONNECT,)),
    State.SUBMITTED: (Step.CHECK, (Party.CONNECT,)),
    State.INFORMATION_REQUESTED: (Step.COMPLETE, (Party.REQUESTER,)),
    State.IN_REVIEW: (Step.REVIEW, (Party.REVIEWERS,)),
    State.SEARCHING: (Step.SEARCH, (Party.CONNECT,)),
    State.NO_MATCH: (Step.CALL, (Party.COORDINATOR,)),
    State.CALL_OPEN: (Step.OFFER, (Party.ASSOCIATIONS,)),
    State.MATCHED: (Step.PLAN, (Party.CONNECT,)),
    State.PLANNED: (Step.AGREE, (Party.REQUESTER, Party.OFFERER)),
    State.AGREED: (Step.SCHEDULE, (Party.COORDINATOR,)),
    State.PREPARING: (Step.PREPARE, (Party.REQUESTER, Party.OFFERER)),
    State.READY: (Step.START, (Party.REQUESTER, Party.OFFERER)),
    State.POSTPONED: (Step.PREPARE, (Party.REQUESTER, Party.OFFERER)),
    State.IN_PROGRESS: (Step.HOLD, (Party.REQUESTER, Party.OFFERER)),
    State.COMPLETED: (Step.REPORT, (Party.REQUESTER,)),
    State.REPORTED: (Step.COMMIT, (Party.REQUESTER,)),
    State.FOLLOWING_UP: (Step.PUT_TO_USE, (Party.REQUESTER,)),
}


def furthest_of(proposals: tuple[Proposal, ...]) -> Proposal:
    """The proposal that most sides have accepted; the best one among equals. There must be one."""
    return max(proposals, key=lambda proposal: len(proposal.accepted))


def _only_candidate(proposals: tuple[Proposal, ...]) -> UUID | None:
    if not proposals:
        return None
    furthest = furthest_of(proposals)
    return furthest.offerer_id if furthest.accepted or len(proposals) == 1 else None


def _answer(proposals: tuple[Proposal, ...]) -> NextStep:
    """Whoever has not answered the furthest proposal acts."""
    furthest = furthest_of(proposals)
    sides = ((Side.REQUESTER, Party.REQUESTER), (Side.OFFERER, Party.OFFERER))
    missing = tuple(party for side, party in sides if side not in furthest.accepted)
    days = [proposal.respond_by for proposal in proposals if proposal.respond_by is not None]
    by = furthest.respond_by if furthest.accepted else min(days, default=None)
    return NextStep(Step.ANSWER, missing or (Party.CONNECT,), by)


def _due(parts: Parts, state: State) -> date | None:
    exchange = current_exchange(parts)
    match state:
        case State.CALL_OPEN:
            return parts.search.call_closes_on
        case State.PLANNED | State.AGREED | State.PREPARING | State.READY | State.POSTPONED:
            return exchange.first if exchange else None
        case State.IN_PROGRESS:
            return exchange.last if exchange else None
        case State.COMPLETED | State.REPORTED:
            return min((s.due for s in _open_after_surveys(parts) if s.due), default=None)
        case State.FOLLOWING_UP:
            return min((action.due for action in parts.actions), default=None)
    return None


def _open_after_surveys(parts: Parts) -> tuple[Survey, ...]:
    return tuple(s for s in parts.surveys if s.kind == SurveyKind.AFTER and s.state == SurveyState.OPEN)


def _unchecked_practice(parts: Parts) -> Practice | None:
    return next((practice for practice in parts.practices if practice.state != PracticeState.PUBLISHED), None)


def _organisations(parts: Parts) -> frozenset[UUID]:
    named = [parts.application.requester_id]
    named += [proposal.offerer_id for proposal in parts.proposals]
    for exchange in parts.exchanges:
        named += [exchange.host_id, exchange.association_id, *exchange.organisations]
    named += [survey.respondent_id for survey in parts.surveys]
    named += [practice.association_id for practice in parts.practices]
    return frozenset(organisation for organisation in named if organisation is not None)
