"""A portal with cases at every stage."""

from collections.abc import AsyncIterator

import pytest

from shared.primitives.terms import Mode, OrganisationKind, Side
from tests.builders.portal import Story, Town
from tests.conftest import OpenDatabase
from tests.integration.portal.serving import Portal


@pytest.fixture
async def portal(open_database: OpenDatabase) -> Portal:
    """A portal that has heard nothing yet."""
    return Portal(await open_database("portal"))


@pytest.fixture
async def address(portal: Portal) -> AsyncIterator[str]:
    """Where the portal serves its pages."""
    async with portal.served() as at:
        yield at


def stories() -> list[Story]:
    """A case at every stage: closed, being prepared, two proposals, a call, and one that was only heard of."""
    ziniare = Town("Ziniaré", "BF", 2353257)
    deciding = Story(
        requester=ziniare,
        offerer=Town("Nouvelle-Aquitaine", "FR", 11071620, OrganisationKind.REGION),
        reference="CN-2026-0003",
        title="Gérer les déchets avec les quartiers",
        title_language="fr",
        mode=Mode.STUDY_VISIT,
        themes=("waste",),
    )
    almere = Town("Almere", "NL", 2759879)
    deciding.organisations().submitted().validated().offered().proposed()
    deciding.tell(almere.registered(), service="intake", in_case=False)
    deciding.proposed(almere, deciding.case_id, rank=2).accepted(Side.OFFERER)
    preparing = Story(
        requester=Town("Pursat", "KH", 1822768),
        offerer=Town("Sandgerði", "IS", 3413727),
        reference="CN-2026-0002",
        title="A staff policy that people trust",
        title_language="en",
    )
    moroto = Story(requester=Town("Moroto", "UG", 229112), reference="CN-2026-0004", title_language="en")
    moroto.title = "Local economic development with small traders"
    heard_of = Story().submitted().proposed()
    heard_of.events = heard_of.events[-1:]
    return [
        Story().whole(),
        preparing.matched().planned().prepared(),
        deciding,
        moroto.organisations().submitted().validated().no_match().called(),
        heard_of,
    ]
