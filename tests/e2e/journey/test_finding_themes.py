"""The portal's page that finds themes, on real processes: the portal finds matching, and matching believes it."""

from collections.abc import Iterator

import httpx
import pytest

from tests.e2e.services import RunningServices

pytestmark = [pytest.mark.servers, pytest.mark.timeout(420), pytest.mark.xdist_group("running services")]

CHALLENGE = "Les ordures ménagères sont brûlées dans nos rues, et personne ne les ramasse."
FORM = {"challenge": CHALLENGE, "do": "suggest"}


@pytest.fixture
def portal(running_services: RunningServices) -> Iterator[httpx.Client]:
    """Somebody who reads the portal's pages."""
    with httpx.Client(base_url=running_services.url("portal"), trust_env=False, timeout=20) as client:
        yield client


def test_a_text_gets_suggestions_and_without_matching_stays_to_choose_by_hand(
    running_services: RunningServices, portal: httpx.Client
) -> None:
    found = portal.post("/fr/themes", data=FORM)
    assert found.status_code == 200
    assert '<q lang="fr">ordures ménagères</q>' in found.text
    running_services.stop("matching")
    try:
        away = portal.post("/fr/themes", data=FORM)
    finally:
        running_services.restart("matching")
    assert (away.status_code, CHALLENGE in away.text) == (503, True)
    assert portal.post("/fr/themes", data=FORM).status_code == 200
    for service in ("portal", "matching"):
        assert "ordures" not in running_services.log(service).read_text()
