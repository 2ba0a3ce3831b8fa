"""An application from its draft to the reviewers' desk, or back to its writer."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.intake.rules import admissibility
from services.intake.rules.access import may
from services.intake.rules.answers import ApplicationAnswers
from services.intake.rules.states import ApplicationState, check_application_move
from services.intake.rules.things import Application
from services.intake.rules.views import ApplicationView, view_application
from services.intake.storage import applications as storage
from services.intake.storage import organisations
from services.intake.use_cases.commands import ChangeApplication, ForApplication, StartApplication, WithdrawApplication
from services.intake.use_cases.vocabulary import check_terms
from shared.events.intake import ApplicationAdmitted, ApplicationSubmitted, ApplicationWithdrawn, InformationRequested
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import FieldProblem, Invalid, WrongState, require

EDITABLE = frozenset({ApplicationState.DRAFT, ApplicationState.INFORMATION_REQUESTED})


async def start_application(work: UnitOfWork, command: StartApplication) -> ApplicationView:
    """Begin a draft, complete or not. Nothing is announced: a draft is nobody else's business."""
    _require_writer(work, command.organisation_id)
    if command.received_on is not None:
        _check_paper(work, command.received_on)
    await organisations.organisation(work.connection, command.organisation_id)
    if command.resubmits is not None:
        await _check_resubmission(work, command)
    application = Application(
        application_id=work.new_id(),
        organisation_id=command.organisation_id,
        state=ApplicationState.DRAFT,
        answers=await _checked(work, command.organisation_id, command.answers),
        received_on=command.received_on,
        resubmits=command.resubmits,
    )
    await storage.insert_application(work.connection, application)
    return view_application(application)


async def change_application(work: UnitOfWork, command: ChangeApplication) -> ApplicationView:
    """Replace the answers while the applicant may still write."""
    application = await storage.lock_application(work.connection, command.application_id)
    _require_writer(work, application.organisation_id)
    if application.state not in EDITABLE:
        raise WrongState("not-editable", "The application was sent. Wait for a request for information to change it.")
    answers = await _checked(work, application.organisation_id, command.answers)
    application = replace(application, answers=answers)
    await storage.save_application(work.connection, application)
    return view_application(application)


async def submit_application(work: UnitOfWork, command: ForApplication) -> ApplicationView:
    """Take the application in, give it a reference, check it; announce that it came and how the check ended."""
    application = await storage.lock_application(work.connection, command.application_id)
    _require_writer(work, application.organisation_id)
    check_application_move(application.state, ApplicationState.SUBMITTED)
    wanting = tuple(_needed_to_be_sent(application.answers))
    if wanting:
        raise Invalid("not-ready-to-send", "The application can't be sent without these answers.", fields=wanting)
    application = replace(
        application,
        reference=await storage.next_reference(work.connection, work.today.year),
        received_on=application.received_on or work.today,
        state=ApplicationState.CHECKING,
        rules_version=admissibility.RULES_VERSION,
    )
    work.announce(_submitted(application), case=application.application_id)
    return await _check(work, application)


async def answer_information_request(work: UnitOfWork, command: ForApplication) -> ApplicationView:
    """Check the mended application again."""
    application = await storage.lock_application(work.connection, command.application_id)
    _require_writer(work, application.organisation_id)
    check_application_move(application.state, ApplicationState.CHECKING)
    return await _check(work, replace(application, state=ApplicationState.CHECKING))


async def withdraw_application(work: UnitOfWork, command: WithdrawApplication) -> ApplicationView:
    """Take an application back, at any time before the exchange."""
    application = await storage.lock_application(work.connection, command.application_id)
    allowed = may(work.actor, "withdraw-application", organisation_id=application.organisation_id)
    require(allowed, "withdraw this application")
    check_application_move(application.state, ApplicationState.WITHDRAWN)
    withdrawn = replace(application, state=ApplicationState.WITHDRAWN, reasons=(command.reason,))
    await storage.save_application(work.connection, withdrawn)
    if application.state is not ApplicationState.DRAFT:
        work.announce(
            ApplicationWithdrawn(application_id=application.application_id, reason=command.reason),
            case=application.application_id,
        )
    return view_application(withdrawn)


async def _check(work: UnitOfWork, application: Application) -> ApplicationView:
    """The automatic checks: on to the reviewers, or back with what is to be mended."""
    received = application.received_on or work.today
    await storage.lock_organisation_of(work.connection, application.organisation_id)
    duplicate = await storage.duplicate_of(work.connection, application, on=received)
    failed = admissibility.check_application(application.answers, on=received, duplicate_of=duplicate)
    state = ApplicationState.INFORMATION_REQUESTED if failed else ApplicationState.IN_REVIEW
    application = replace(application, state=state, failed_checks=failed)
    await storage.save_application(work.connection, application)
    case = application.application_id
    if failed:
        codes = tuple(dict.fromkeys(problem.code for problem in failed))
        work.announce(InformationRequested(application_id=case, codes=codes), case=case)
    else:
        work.announce(ApplicationAdmitted(application_id=case, rules_version=admissibility.RULES_VERSION), case=case)
    return view_application(application)


def _submitted(application: Application) -> ApplicationSubmitted:
    need, wish = application.answers.need, application.answers.exchange
    assert application.reference and application.received_on  # noqa: PT018  given at submission
    assert wish.earliest and wish.latest  # noqa: PT018  needed to be sent
    return ApplicationSubmitted(
        application_id=application.application_id,
        organisation_id=application.organisation_id,
        reference=application.reference,
        title=need.title or "",
        title_language=need.language or "und",
        themes=need.themes,
        sdgs=need.sdgs,
        mode=wish.mode,
        earliest=wish.earliest,
        latest=wish.latest,
        submitted_on=application.received_on,
        resubmits=application.resubmits,
    )


def _needed_to_be_sent(answers: ApplicationAnswers) -> list[FieldProblem]:
    """What an application must have to be announced at all; the rest can be asked for afterwards."""
    needed = {
        "/need/title": answers.need.title,
        "/need/language": answers.need.language,
        "/need/themes": answers.need.themes,
        "/exchange/earliest": answers.exchange.earliest,
        "/exchange/latest": answers.exchange.latest,
    }
    return [
        FieldProblem(pointer, "missing", "Answer this before you send.")
        for pointer, given in needed.items()
        if not given
    ]


def _require_writer(work: UnitOfWork, organisation_id: UUID) -> None:
    require(may(work.actor, "write-application", organisation_id=organisation_id), "write for this organisation")


def _check_paper(work: UnitOfWork, received_on: date) -> None:
    require(may(work.actor, "enter-from-paper"), "say when an application was received")
    if received_on > work.today:
        hint = "The day of receipt can't be in the future."
        raise Invalid("received-in-future", hint, fields=(FieldProblem("/received_on", "received-in-future", hint),))


async def _check_resubmission(work: UnitOfWork, command: StartApplication) -> None:
    assert command.resubmits is not None
    before = await storage.application(work.connection, command.resubmits)
    if before.organisation_id != command.organisation_id or before.state is not ApplicationState.REJECTED:
        hint = "Only a rejected application of the same organisation can be resubmitted."
        raise Invalid("not-resubmittable", hint, fields=(FieldProblem("/resubmits", "not-resubmittable", hint),))


async def _checked(work: UnitOfWork, organisation_id: UUID, answers: ApplicationAnswers) -> ApplicationAnswers:
    """The answers, if their terms are known and the people named belong to the organisation."""
    check_terms(answers.need, "/answers/need")
    for name, member_id in (("contact", answers.contact), ("authoriser", answers.authoriser)):
        if member_id is not None:
            member = await organisations.member(work.connection, member_id)
            if member.organisation_id != organisation_id:
                hint = "Name a member of the organisation that applies."
                raise Invalid("not-a-member", hint, fields=(FieldProblem(f"/answers/{name}", "not-a-member", hint),))
    return answers
