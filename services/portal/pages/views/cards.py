"""Cases in lists."""

from services.portal.pages.views.common import following_in_words, place, title
from services.portal.pages.views.shown import Card
from services.portal.pages.words import states, terms
from services.portal.pages.words.names import Names
from services.portal.queries import CaseRow
from shared.wording.speech import Speech


def card(spoken: Speech, row: CaseRow) -> Card:
    """A case in a list, in words."""
    sides = [organisation for organisation in (row.requester, row.peer) if organisation]
    names = Names(
        spoken,
        {organisation.organisation_id: organisation for organisation in sides},
        row.requester.organisation_id if row.requester else None,
        row.peer.organisation_id if row.peer else None,
    )
    tag, tone = states.tag(spoken, row.state)
    return Card(
        key=row.reference or str(row.case_id),
        reference=row.reference,
        title=title(spoken, row.title, row.title_language),
        requester=place(spoken, row.requester),
        offerer=place(spoken, row.offerer),
        tag=tag,
        tone=tone,
        mode=terms.mode_name(spoken, row.mode),
        following=following_in_words(names, row.next_step),
    )
