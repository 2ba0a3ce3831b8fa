"""GET /v1/cases: the read model as JSON. Every role may read; what is not public is for those who run the exchanges."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from services.portal import queries
from services.portal.queries import LAST_PAGE, CaseDetail, CasePage, CaseRow, Organisation
from services.portal.rules import access
from services.portal.rules.heard import Fact
from services.portal.rules.states import Stage, State
from services.portal.rules.summary import NextStep, Party, Step
from services.portal.storage import MEMBER_FIELDS
from shared.http.call import Call
from shared.postgres.pool import Connection
from shared.primitives.actor import Actor
from shared.primitives.terms import Mode, OrganisationKind

router = APIRouter(prefix="/v1", tags=["cases"])


class View(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class OrganisationView(View):
    """An organisation by its public name. `seat` is a GeoNames place id."""

    organisation_id: UUID
    kind: OrganisationKind
    name: str
    country: str
    seat: int


class NextStepView(View):
    """What comes next, who acts, and by when where a date is set."""

    step: Step
    who: tuple[Party, ...]
    by: date | None


class CaseView(View):
    """A case in short."""

    case_id: UUID
    version: int
    reference: str | None
    title: str | None
    title_language: str | None
    state: State
    stage: Stage
    mode: Mode | None
    requester: OrganisationView | None
    offerer: OrganisationView | None
    next_step: NextStepView | None
    first: date | None
    last: date | None


class CaseListView(View):
    """One page of the list."""

    cases: tuple[CaseView, ...]
    page: int
    pages: int
    total: int


class EntryView(View):
    """One thing that happened. `facts` are the event's, without the ids of members."""

    event_id: UUID
    type: str
    time: datetime
    subject: UUID
    sequence: int
    facts: Mapping[str, Any]


class CaseDetailView(CaseView):
    """A case with its timeline, oldest first."""

    organisations: tuple[OrganisationView, ...]
    timeline: tuple[EntryView, ...]


@router.get("/cases")
async def list_cases(
    call: Call, stage: Stage | None = None, page: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1
) -> CaseListView:
    """The cases of a stage, or all, newest first, twenty a page."""
    return await call.read(_list, stage, page)


@router.get("/cases/{case_id}")
async def show_case(case_id: UUID, call: Call) -> CaseDetailView:
    """One case with everything that was heard of it."""
    return await call.read(_detail, case_id)


async def _list(connection: Connection, _: Actor, stage: Stage | None, page: int) -> CaseListView:
    found: CasePage = await queries.cases(connection, stage, page)
    rows = tuple(_case(row) for row in found.rows)
    return CaseListView(cases=rows, page=found.page, pages=found.pages, total=found.total)


def _case(row: CaseRow) -> CaseView:
    return CaseView.model_validate(row)


async def _detail(connection: Connection, actor: Actor, case_id: UUID) -> CaseDetailView:
    case: CaseDetail = await queries.case_detail(connection, case_id)
    application, summary = case.parts.application, case.summary
    return CaseDetailView(
        case_id=case.case_id,
        version=case.version,
        reference=application.reference,
        title=application.title,
        title_language=application.title_language,
        state=summary.state,
        stage=summary.stage,
        mode=summary.mode,
        requester=_organisation(case.organisations, summary.requester_id),
        offerer=_organisation(case.organisations, summary.offerer_id),
        next_step=_next_step(summary.next_step),
        first=summary.first,
        last=summary.last,
        organisations=tuple(OrganisationView.model_validate(known) for known in case.organisations.values()),
        timeline=tuple(_entry(actor, fact) for fact in case.timeline if access.may_see(actor, fact.event)),
    )


def _organisation(known: Mapping[UUID, Organisation], wanted: UUID | None) -> OrganisationView | None:
    found = known.get(wanted) if wanted else None
    return OrganisationView.model_validate(found) if found else None


def _next_step(following: NextStep | None) -> NextStepView | None:
    return NextStepView.model_validate(following) if following else None


def _entry(actor: Actor, fact: Fact) -> EntryView:
    hidden = MEMBER_FIELDS | access.fields_hidden_from(actor)
    return EntryView(
        event_id=fact.event_id,
        type=type(fact.event).__name__,
        time=fact.time,
        subject=UUID(fact.subject),
        sequence=fact.sequence,
        facts=fact.event.model_dump(mode="json", exclude=set(hidden)),
    )
