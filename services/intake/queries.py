"""What intake can be asked."""

from uuid import UUID

from services.intake.rules.access import may
from services.intake.rules.review import reviewer_of
from services.intake.rules.views import ApplicationView, OfferView, view_application, view_offer
from services.intake.storage import applications, offers, organisations
from shared.postgres.pool import Connection
from shared.primitives.actor import Actor
from shared.primitives.errors import NotFound


async def application(connection: Connection, actor: Actor, application_id: UUID) -> ApplicationView:
    """An application with its answers. NotFound also for those who may not see it, recused reviewers included."""
    found = await applications.application(connection, application_id)
    organisation = await organisations.organisation(connection, found.organisation_id)
    allowed = may(
        actor,
        "read-application",
        organisation_id=found.organisation_id,
        association_id=organisation.association_id,
    )
    reviews = await applications.reviews(connection, application_id)
    recused = any(review.recused and review.reviewer == reviewer_of(actor) for review in reviews)
    if not allowed or recused:
        raise NotFound("no-such-application", "There is no application with this id that you may see.")
    return view_application(found)


async def offer(connection: Connection, actor: Actor, offer_id: UUID) -> OfferView:
    """An offer with its answers. NotFound also for those who may not know that it exists."""
    found = await offers.offer(connection, offer_id)
    if not may(actor, "read-offer", organisation_id=found.organisation_id):
        raise NotFound("no-such-offer", "There is no offer with this id that you may see.")
    return view_offer(found)
