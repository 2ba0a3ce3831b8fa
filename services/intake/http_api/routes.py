"""Intake's routes: parse, use case, reply."""

from uuid import UUID

from fastapi import APIRouter

from services.intake import queries
from services.intake.http_api import bodies
from services.intake.rules.views import ApplicationView, OfferView, Registered
from services.intake.use_cases import applications, commands, offers, organisations, reviews
from shared.http.call import Call

router = APIRouter(prefix="/v1")


@router.post("/organisations", status_code=201, tags=["organisations"])
async def register_organisation(body: bodies.OrganisationBody, call: Call) -> Registered:
    """Make a municipality, region or association known."""
    return await call.command(organisations.register_organisation, commands.RegisterOrganisation(**dict(body)))


@router.post("/members", status_code=201, tags=["organisations"])
async def register_member(body: bodies.MemberBody, call: Call) -> Registered:
    """Make a person of an organisation known. Name and e-mail never leave intake."""
    return await call.command(organisations.register_member, commands.RegisterMember(**dict(body)))


@router.post("/applications", status_code=201, tags=["applications"])
async def start_application(body: bodies.ApplicationBody, call: Call) -> ApplicationView:
    """Begin a draft, complete or not."""
    return await call.command(applications.start_application, commands.StartApplication(**dict(body)))


@router.get("/applications/{application_id}", tags=["applications"])
async def show_application(application_id: UUID, call: Call) -> ApplicationView:
    """An application with its answers and what is to be mended."""
    return await call.read(queries.application, application_id)


@router.put("/applications/{application_id}", tags=["applications"])
async def change_application(application_id: UUID, body: bodies.ApplicationAnswersBody, call: Call) -> ApplicationView:
    """Replace the answers of a draft, or of an application for which information was requested."""
    command = commands.ChangeApplication(application_id, body.answers)
    return await call.command(applications.change_application, command)


@router.post("/applications/{application_id}/submission", tags=["applications"])
async def submit_application(application_id: UUID, call: Call) -> ApplicationView:
    """Send the application; the reply says whether it is with the reviewers or what is to be mended."""
    return await call.command(applications.submit_application, commands.ForApplication(application_id))


@router.post("/applications/{application_id}/information", tags=["applications"])
async def answer_information_request(application_id: UUID, call: Call) -> ApplicationView:
    """Have the mended application checked again."""
    return await call.command(applications.answer_information_request, commands.ForApplication(application_id))


@router.post("/applications/{application_id}/reviews", tags=["applications"])
async def review_application(application_id: UUID, body: bodies.ReviewBody, call: Call) -> ApplicationView:
    """One reviewer's judgement. Two make a verdict, or three where two differ too much."""
    command = commands.ReviewApplication(application_id, body.eligibility, body.scores)
    return await call.command(reviews.review_application, command)


@router.post("/applications/{application_id}/withdrawal", tags=["applications"])
async def withdraw_application(application_id: UUID, body: bodies.WithdrawalBody, call: Call) -> ApplicationView:
    """Take the application back."""
    command = commands.WithdrawApplication(application_id, body.reason)
    return await call.command(applications.withdraw_application, command)


@router.post("/offers", status_code=201, tags=["offers"])
async def start_offer(body: bodies.OfferBody, call: Call) -> OfferView:
    """Begin an offer, complete or not."""
    return await call.command(offers.start_offer, commands.StartOffer(**dict(body)))


@router.get("/offers/{offer_id}", tags=["offers"])
async def show_offer(offer_id: UUID, call: Call) -> OfferView:
    """An offer with its answers and what is to be mended."""
    return await call.read(queries.offer, offer_id)


@router.put("/offers/{offer_id}", tags=["offers"])
async def change_offer(offer_id: UUID, body: bodies.OfferAnswersBody, call: Call) -> OfferView:
    """Replace the answers of an offer that was not sent yet or needs mending."""
    return await call.command(offers.change_offer, commands.ChangeOffer(offer_id, body.answers))


@router.post("/offers/{offer_id}/submission", tags=["offers"])
async def submit_offer(offer_id: UUID, call: Call) -> OfferView:
    """Send the offer; the reply says whether a person looks at it or what is to be mended."""
    return await call.command(offers.submit_offer, commands.ForOffer(offer_id))


@router.post("/offers/{offer_id}/verdict", tags=["offers"])
async def judge_offer(offer_id: UUID, body: bodies.VerdictBody, call: Call) -> OfferView:
    """Accept the offer, which publishes it, or refuse it."""
    return await call.command(offers.judge_offer, commands.JudgeOffer(offer_id, body.accept, body.reason))


@router.post("/offers/{offer_id}/pause", tags=["offers"])
async def pause_offer(offer_id: UUID, call: Call) -> OfferView:
    """Take the offer out of the search for a while."""
    return await call.command(offers.pause_offer, commands.ForOffer(offer_id))


@router.post("/offers/{offer_id}/resumption", tags=["offers"])
async def resume_offer(offer_id: UUID, call: Call) -> OfferView:
    """Put a paused offer back into the search."""
    return await call.command(offers.resume_offer, commands.ForOffer(offer_id))


@router.post("/offers/{offer_id}/confirmation", tags=["offers"])
async def reconfirm_offer(offer_id: UUID, call: Call) -> OfferView:
    """The offer still stands."""
    return await call.command(offers.reconfirm_offer, commands.ForOffer(offer_id))


@router.post("/offers/{offer_id}/withdrawal", tags=["offers"])
async def withdraw_offer(offer_id: UUID, call: Call) -> OfferView:
    """Take the offer back for good."""
    return await call.command(offers.withdraw_offer, commands.ForOffer(offer_id))
