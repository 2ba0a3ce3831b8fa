"""Asking associations for offers when there is no match, until the day on which the call closes."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.matching.rules import access
from services.matching.rules.associations import call_languages, to_be_called
from services.matching.rules.reading import request_for
from services.matching.rules.searches import Call, call_ended, called
from services.matching.rules.views import SearchView, search_view
from services.matching.storage import calls, searches
from services.matching.storage.organisations import associations
from shared.events.matching import CallOpened, NoMatchFound
from shared.postgres.unit_of_work import UnitOfWork
from shared.primitives.errors import NotFound, require


@dataclass(frozen=True, slots=True)
class OpenCall:
    """Ask associations for offers until a day."""

    application_id: UUID
    closes_on: date


async def open_call(work: UnitOfWork, command: OpenCall) -> SearchView:
    """Open a targeted call for an application without a match; offers that come restart its matching."""
    require(access.may(work.actor, "open a call"), "open a call")
    search = await searches.lock_search(work.connection, command.application_id)
    if search is None:
        raise NotFound("no-such-search", "No peers were searched for an application with this id.")
    request = request_for(search, work.today)
    asked = to_be_called(request, await associations(work.connection, search.application.themes))
    call = Call(asked, call_languages(request), command.closes_on)
    search = called(search, call, work.today)
    await searches.save_search(work.connection, search)
    work.announce(
        CallOpened(
            application_id=search.application_id,
            themes=search.application.themes,
            languages=call.languages,
            associations=call.associations,
            closes_on=call.closes_on,
        ),
        case=search.application_id,
    )
    return search_view(search)


async def close_calls(work: UnitOfWork) -> int:
    """End the search of one application whose call has closed without an offer that fits; returns how many."""
    application_id = await calls.application_past_call(work.connection, work.today)
    search = application_id and await searches.lock_search(work.connection, application_id)
    ended = search and call_ended(search, work.today)
    if not ended:
        return 0
    await searches.save_search(work.connection, ended)
    work.announce(
        NoMatchFound(
            application_id=ended.application_id,
            considered=ended.considered,
            filtered=ended.filtered,
            search=ended.number,
            final=True,
        ),
        case=ended.application_id,
    )
    return 1
