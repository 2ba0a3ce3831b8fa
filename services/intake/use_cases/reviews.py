"""People's judgement of an application: reviews until there is a verdict."""

from dataclasses import replace

from services.intake.rules.access import may
from services.intake.rules.review import Review, reviewer_of, verdict
from services.intake.rules.states import ApplicationState, check_application_move
from services.intake.rules.things import Application
from services.intake.rules.views import ApplicationView, view_application
from services.intake.storage import applications as storage
from services.intake.storage import organisations
from services.intake.use_cases.commands import ReviewApplication
from shared.events.base import LanguageSkill
from shared.events.intake import ApplicationRejected, ApplicationValidated
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import WrongState, require
from shared.primitives.terms import Level
from shared.vocabulary.themes import purposes_of


async def review_application(work: UnitOfWork, command: ReviewApplication) -> ApplicationView:
    """Store one reviewer's judgement; when it makes a verdict, the application is validated or rejected."""
    application = await storage.lock_application(work.connection, command.application_id)
    allowed = may(work.actor, "review-application", organisation_id=application.organisation_id)
    require(allowed, "review this application")
    check_application_move(application.state, ApplicationState.VALIDATED)
    review = Review(reviewer_of(work.actor), command.eligibility, command.scores)
    if not await storage.insert_review(work.connection, application.application_id, review, work.now):
        raise WrongState("reviewed-already", "You have reviewed this application, or declared an interest in it.")
    reached = verdict(await storage.reviews(work.connection, application.application_id))
    if reached is not None and reached.validated:
        application = await _validate(work, application)
    elif reached is not None:
        application = await _reject(work, application, reached.codes)
    return view_application(application)


async def _validate(work: UnitOfWork, application: Application) -> Application:
    validated = replace(application, state=ApplicationState.VALIDATED)
    await storage.save_application(work.connection, validated)
    work.announce(await _validated_event(work, validated), case=application.application_id)
    return validated


async def _reject(work: UnitOfWork, application: Application, codes: tuple[str, ...]) -> Application:
    rejected = replace(application, state=ApplicationState.REJECTED, reasons=codes)
    await storage.save_application(work.connection, rejected)
    case = application.application_id
    work.announce(ApplicationRejected(application_id=case, codes=codes), case=case)
    return rejected


async def _validated_event(work: UnitOfWork, application: Application) -> ApplicationValidated:
    need, wish, partners = application.answers.need, application.answers.exchange, application.answers.partners
    assert application.reference and application.rules_version  # noqa: PT018  given at submission
    assert wish.earliest and wish.latest and application.answers.contact  # noqa: PT018  checked for admissibility
    organisation = await organisations.organisation(work.connection, application.organisation_id)
    contact = await organisations.member(work.connection, application.answers.contact)
    return ApplicationValidated(
        application_id=application.application_id,
        reference=application.reference,
        title=need.title or "",
        title_language=need.language or "und",
        organisation=organisation.facts(),
        themes=need.themes,
        sdgs=need.sdgs,
        dac=need.dac or purposes_of(need.themes),
        mode=wish.mode,
        earliest=wish.earliest,
        latest=wish.latest,
        participants=len(wish.participants),
        position=contact.position,
        languages=wish.languages or (LanguageSkill(language=need.language or "en", level=Level.B2),),
        interpretation=wish.interpretation,
        online_acceptable=wish.online_acceptable,
        same_country=wish.same_country,
        preferred=partners.preferred,
        excluded=partners.excluded,
        rules_version=application.rules_version,
        validated_on=work.today,
        programme=application.answers.programme,
    )
