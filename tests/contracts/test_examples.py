"""The examples speak of one invented case in the words of the vocabularies, so that a reader can follow it."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from shared.events.catalogue import CATALOGUE, Entry
from shared.events.schemas.golden import example
from shared.vocabulary.countries import COUNTRIES
from shared.vocabulary.dac import PURPOSES
from shared.vocabulary.languages import LANGUAGES
from shared.vocabulary.themes import THEMES

EVERY_EVENT = pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.event.__name__)
KNOWN: dict[str, set[Any]] = {
    "themes": {theme.code for theme in THEMES},
    "dac": {purpose.code for purpose in PURPOSES},
    "sdgs": set(range(1, 18)),
    "country": set(COUNTRIES),
    "language": set(LANGUAGES),
    "languages": set(LANGUAGES),
    "title_language": set(LANGUAGES),
}
THE_CASE = "015bb6c0-0001-7000-8000-000000000001"
ANOTHER_CASE = "015bb6c0-0002-7000-8000-000000000002"


def leaves(payload: Any, field: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(payload, dict):
        for name, value in payload.items():
            yield from leaves(value, name)
    elif isinstance(payload, list):
        for value in payload:
            yield from leaves(value, field)
    else:
        yield field, payload


@EVERY_EVENT
def test_an_example_uses_the_vocabularies(entry: Entry) -> None:
    strange = [
        (field, value) for field, value in leaves(example(entry)) if field in KNOWN and value not in KNOWN[field]
    ]
    assert not strange


@EVERY_EVENT
def test_an_example_belongs_to_one_of_two_cases(entry: Entry) -> None:
    payload = example(entry)
    if "application_id" in payload:
        assert payload["application_id"] in {THE_CASE, ANOTHER_CASE}


@EVERY_EVENT
def test_the_ids_of_an_example_are_of_version_7_as_ours_are(entry: Entry) -> None:
    ids = [UUID(value) for field, value in leaves(example(entry)) if field.endswith("_id") and value is not None]
    assert ids
    assert all(one.version == 7 for one in ids)


def test_a_contribution_s_points_add_up_to_the_score() -> None:
    (entry,) = [entry for entry in CATALOGUE if entry.event.__name__ == "MatchProposed"]
    payload = example(entry)
    assert sum(part["points"] for part in payload["contributions"]) == payload["score"]
    assert sum(part["out_of"] for part in payload["contributions"]) == 100
