"""Going on with less than what was asked for, where nobody was found."""

from dataclasses import dataclass
from uuid import UUID

from services.matching.engine.relaxing import Relaxation
from services.matching.rules import access
from services.matching.rules.searches import relaxed_by
from services.matching.rules.views import SearchView, search_view
from services.matching.storage import searches
from services.matching.use_cases.searching import look_for_peers
from shared.events.matching import SearchRelaxed
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import NotFound, require


@dataclass(frozen=True, slots=True)
class Relax:
    """What the applicant does without."""

    application_id: UUID
    relax: tuple[Relaxation, ...]


async def relax_search(work: UnitOfWork, command: Relax) -> SearchView:
    """Search anew without what is relaxed. Those who did not agree before are asked again once, not for ever."""
    require(access.may(work.actor, "relax a search"), "relax a search")
    search = await searches.lock_search(work.connection, command.application_id)
    if search is None or not access.may_see(work.actor, frozenset({search.application.organisation.organisation_id})):
        raise NotFound("no-such-search", "No peers were searched for an application with this id of your organisation.")
    search = relaxed_by(search, command.relax)
    work.announce(
        SearchRelaxed(application_id=search.application_id, relax=tuple(sorted(set(command.relax)))),
        case=search.application_id,
    )
    ask_again = Relaxation.EARLIER_PROPOSAL in command.relax
    return search_view(await look_for_peers(work, search, ask_again=ask_again))
