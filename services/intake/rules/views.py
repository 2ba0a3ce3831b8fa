"""What intake's API shows."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.intake.rules.answers import ApplicationAnswers, OfferAnswers
from services.intake.rules.states import ApplicationState, OfferState
from services.intake.rules.things import Application, Offer


class View(BaseModel):
    """A frozen answer."""

    model_config = ConfigDict(frozen=True)


class Registered(View):
    """The id of what was registered."""

    id: UUID


class FailedCheck(View):
    """A check that failed: where, which, and how to repair it."""

    pointer: str
    code: str
    detail: str


class ApplicationView(View):
    """An application with all its answers."""

    application_id: UUID
    organisation_id: UUID
    state: ApplicationState
    reference: str | None
    received_on: date | None
    rules_version: str | None
    failed_checks: tuple[FailedCheck, ...]
    reasons: tuple[str, ...]
    resubmits: UUID | None
    answers: ApplicationAnswers


class OfferView(View):
    """An offer with all its answers."""

    offer_id: UUID
    organisation_id: UUID
    member_id: UUID
    state: OfferState
    capacity_left: int
    failed_checks: tuple[FailedCheck, ...]
    answers: OfferAnswers


def view_application(application: Application) -> ApplicationView:
    """The application as its people see it."""
    return ApplicationView(
        application_id=application.application_id,
        organisation_id=application.organisation_id,
        state=application.state,
        reference=application.reference,
        received_on=application.received_on,
        rules_version=application.rules_version,
        failed_checks=tuple(
            FailedCheck(pointer=p.pointer, code=p.code, detail=p.detail) for p in application.failed_checks
        ),
        reasons=application.reasons,
        resubmits=application.resubmits,
        answers=application.answers,
    )


def view_offer(offer: Offer) -> OfferView:
    """The offer as its people see it."""
    return OfferView(
        offer_id=offer.offer_id,
        organisation_id=offer.organisation_id,
        member_id=offer.member_id,
        state=offer.state,
        capacity_left=offer.capacity_left,
        failed_checks=tuple(FailedCheck(pointer=p.pointer, code=p.code, detail=p.detail) for p in offer.failed_checks),
        answers=offer.answers,
    )
