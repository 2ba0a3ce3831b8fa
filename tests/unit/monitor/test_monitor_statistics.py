"""Statistics read a message's headers alone, and no header can hurt them."""

from datetime import date

import pytest

from services.monitor.rules.statistics import OTHERS, hear
from shared.events.envelope import peek
from tests.builders.monitor import ACase, a_dead_letter, reported

CASE = ACase()
PROPOSED = CASE.says(CASE.proposed(date(2026, 3, 16)))
HEADERS = dict(peek(PROPOSED.headers()))


def test_an_event_of_a_case_leaves_a_footprint() -> None:
    heard = hear(HEADERS)
    assert (heard.name, heard.service, heard.is_dead_letter) == ("MatchProposed", "matching", False)
    assert heard.case_id == CASE.case_id
    assert heard.footprint is not None
    assert (heard.footprint.time, heard.footprint.event_id) == (PROPOSED.time, PROPOSED.id)


def test_a_dead_letter_is_counted_for_the_service_that_reports_it() -> None:
    heard = hear(peek(reported(a_dead_letter(PROPOSED), service="exchange").headers()))
    assert (heard.service, heard.is_dead_letter, heard.case_id) == ("exchange", True, None)


@pytest.mark.parametrize("ce_type", ["", "connect.matching.MatchProposed.v99", "anything at all"])
def test_whatever_is_not_in_the_catalogue_is_counted_under_one_name(ce_type: str) -> None:
    assert hear(HEADERS | {"ce_type": ce_type}).name == OTHERS
    assert hear({}).name == OTHERS


@pytest.mark.parametrize(
    ("name", "value"),
    [("ce_caseid", "none"), ("ce_id", "7"), ("ce_time", "yesterday"), ("ce_time", "2026-03-02T09:00:00")],
)
def test_a_case_is_not_followed_by_headers_that_are_wrong(name: str, value: str) -> None:
    heard = hear(HEADERS | {name: value})
    assert (heard.name, heard.case_id, heard.footprint) == ("MatchProposed", None, None)
