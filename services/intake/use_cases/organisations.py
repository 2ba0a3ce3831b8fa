"""Making organisations and members known."""

from services.intake.rules.access import may
from services.intake.rules.organisations import Member, Organisation
from services.intake.rules.views import Registered
from services.intake.storage import organisations as storage
from services.intake.use_cases.commands import RegisterMember, RegisterOrganisation
from shared.events.intake import MemberRegistered, OrganisationRegistered
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import FieldProblem, Invalid, require
from shared.primitives.terms import OrganisationKind
from shared.vocabulary.places import Place, installed_places


async def register_organisation(work: UnitOfWork, command: RegisterOrganisation) -> Registered:
    """Store the organisation with the country and population of its seat, and announce it."""
    require(may(work.actor, "register-organisation"), "register organisations")
    seat = _seat(command.seat)
    if command.association_id is not None:
        await _check_association(work, command)
    organisation = Organisation(
        organisation_id=work.new_id(),
        kind=command.kind,
        legal_type=command.legal_type,
        name=command.name,
        country=seat.country,
        seat=command.seat,
        population=seat.population or None,
        languages=command.languages,
        association_id=command.association_id,
    )
    await storage.insert_organisation(work.connection, organisation)
    work.announce(
        OrganisationRegistered(
            name=organisation.name, languages=organisation.languages, **organisation.facts().model_dump()
        ),
        case=None,
    )
    return Registered(id=organisation.organisation_id)


async def register_member(work: UnitOfWork, command: RegisterMember) -> Registered:
    """Store the person; announce that there is a member, without saying who."""
    allowed = may(work.actor, "register-member", organisation_id=command.organisation_id)
    require(allowed, "register members of this organisation")
    await storage.organisation(work.connection, command.organisation_id)
    member = Member(
        member_id=work.new_id(),
        organisation_id=command.organisation_id,
        name=command.name,
        email=command.email,
        position=command.position,
        elected=command.elected,
        in_role_since=command.in_role_since,
        languages=command.languages,
    )
    await storage.insert_member(work.connection, member)
    work.announce(
        MemberRegistered(
            member_id=member.member_id,
            organisation_id=member.organisation_id,
            position=member.position,
            elected=member.elected,
            languages=member.languages,
        ),
        case=None,
    )
    return Registered(id=member.member_id)


def _seat(geonames_id: int) -> Place:
    seat = installed_places().place(geonames_id)
    if seat is None:
        hint = "Look the place up at GeoNames and give its id."
        raise Invalid("unknown-seat", hint, fields=(FieldProblem("/seat", "unknown-seat", hint),))
    return seat


async def _check_association(work: UnitOfWork, command: RegisterOrganisation) -> None:
    assert command.association_id is not None
    association = await storage.organisation(work.connection, command.association_id)
    if association.kind is not OrganisationKind.ASSOCIATION:
        hint = "Name an organisation that is registered as an association of local governments."
        raise Invalid("not-an-association", hint, fields=(FieldProblem("/association_id", "not-an-association", hint),))
