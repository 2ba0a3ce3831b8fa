"""What matching announces: proposals and searches."""

from datetime import date
from uuid import UUID

from pydantic import Field

from shared.events.base import Code, Event, Value
from shared.primitives.terms import Mode, Side


class Contribution(Value):
    """What one factor adds to a score. The points of a proposal's contributions add up to its score."""

    factor: Code = Field(description="knowledge, context, language …")
    points: float
    out_of: float
    because: tuple[str, ...] = Field(
        default=(), description="codes of what is shared: theme:waste, sdg:6, language:fr …"
    )


class Raise(Value):
    """What of an offer would raise its score, and by how many points, if nothing else changed."""

    code: str = Field(description="theme:waste, language:fr:C1, days:12 …")
    points: float


class CandidatesFound(Event):
    """Offers were found, and a coordinator chooses which of them are proposed."""

    application_id: UUID
    candidates: int = Field(ge=1, description="how many were put on the list; there can be more")
    search: int = Field(description="counts the searches of one application; a later one overrides")


class MatchProposed(Event):
    """An offer is proposed to an application, to both sides. Rank 1 is the best."""

    proposal_id: UUID
    application_id: UUID
    offer_id: UUID
    requester_id: UUID
    offerer_id: UUID
    rank: int
    score: float = Field(description="0 to 100")
    contributions: tuple[Contribution, ...]
    mode: Mode
    first: date
    last: date
    respond_by: date
    search: int = Field(default=1, description="counts the searches of one application; a later one overrides")
    raises: tuple[Raise, ...] = Field(default=(), description="the greatest gain first")


class MatchAccepted(Event):
    """One side agrees."""

    proposal_id: UUID
    application_id: UUID
    side: Side


class MatchDeclined(Event):
    """One side does not agree; the reason is a code."""

    proposal_id: UUID
    application_id: UUID
    side: Side
    reason: Code


class MatchConfirmed(Event):
    """Both sides agreed and capacity is reserved. Everything that planning an exchange needs is here."""

    proposal_id: UUID
    application_id: UUID
    offer_id: UUID
    expert_id: UUID = Field(description="the member who offers")
    requester_id: UUID
    offerer_id: UUID
    requester_association_id: UUID | None
    offerer_association_id: UUID | None
    reference: str
    title: str
    title_language: str
    themes: tuple[str, ...]
    mode: Mode
    first: date
    last: date
    participants: int


class ProposalReminded(Event):
    """The sides that have not answered yet are reminded of their proposal."""

    proposal_id: UUID
    application_id: UUID
    sides: tuple[Side, ...] = Field(min_length=1, description="who has not answered")
    reminded_on: date
    respond_by: date
    days_left: int = Field(ge=1, description="working days to answer, the day of the reminder included")


class BookingRefused(Event):
    """The days to which an exchange was moved can't all be booked: its expert has another exchange on some of them."""

    proposal_id: UUID
    application_id: UUID
    first: date
    last: date


class MatchExpired(Event):
    """Nobody answered in time."""

    proposal_id: UUID
    application_id: UUID


class MatchSuperseded(Event):
    """The proposal is void: another was confirmed, the offer went, or the application was withdrawn (code)."""

    proposal_id: UUID
    application_id: UUID
    reason: Code


class FilteredOut(Value):
    """How many offers a hard filter removed, counted alone: an offer may fail several."""

    filter: Code
    offers: int


class NoMatchFound(Event):
    """No offer passes every hard filter, or every proposal came to nothing."""

    application_id: UUID
    considered: int
    filtered: tuple[FilteredOut, ...]
    search: int = Field(default=1, description="counts the searches of one application; a later one overrides")
    final: bool = Field(default=False, description="a call has closed without an offer that fits: nobody is sought now")


class SearchRelaxed(Event):
    """The applicant does without some of what was asked for, after a search without a match (codes)."""

    application_id: UUID
    relax: tuple[Code, ...] = Field(description="interpretation, same-country, mode …")


class CallOpened(Event):
    """Associations are asked for offers on these themes in these languages."""

    application_id: UUID
    themes: tuple[str, ...]
    languages: tuple[str, ...]
    associations: tuple[UUID, ...]
    closes_on: date
