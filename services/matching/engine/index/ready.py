"""Compiles the kernel before it is needed."""

from datetime import date
from uuid import UUID

from services.matching.engine.index.bitmaps import Bitmaps
from services.matching.engine.index.offers import OfferIndex
from services.matching.engine.values import Days, Place, Request, Scale
from shared.primitives.terms import Level, Mode, Position

_NOBODY = UUID(int=0)


def make_ready() -> None:
    """Compile what a search or a change needs, or read what an earlier process has compiled.

    The first time takes some ten seconds of a processor: a process that answers or hears others does it in a thread,
    before it begins.
    """
    Bitmaps().take(0)
    index, days = OfferIndex(), Days(date.min, date.min)
    request = Request(
        application_id=_NOBODY,
        organisation_id=_NOBODY,
        place=Place("GH", 1, 0, "002", "011"),
        themes=frozenset({"water"}),
        sdgs=frozenset({6}),
        dac=frozenset({"14031"}),
        mode=Mode.EXPERT_MISSION,
        window=days,
        participants=1,
        position=Position.ENGINEER,
        languages={"en": Level.C1},
        interpretation=False,
        same_country=False,
    )
    index.search(request, Scale(), top=1)
    index.best(request, Scale(), top=1)
    index.removed(request)
