"""The code and the published contract agree, and a change of the contract keeps its promises."""

import shutil
from pathlib import Path
from typing import cast

import pytest
from jsonschema import Draft202012Validator

from shared.events.base import Event
from shared.events.catalogue import CATALOGUE, Entry
from shared.events.exchange import ExchangeScheduled
from shared.events.schemas import golden
from shared.events.schemas.compatibility import advice, breaks
from shared.events.schemas.generated import schema_of
from shared.events.schemas.golden import (
    EXAMPLES,
    SCHEMAS,
    Incompatible,
    example,
    golden_schema,
    rendered,
    schema_file,
    write,
)

EVERY_EVENT = pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.event.__name__)
SCHEDULED = next(entry for entry in CATALOGUE if entry.event is ExchangeScheduled)


@EVERY_EVENT
def test_a_change_keeps_the_promises_of_its_version(entry: Entry) -> None:
    found = breaks(golden_schema(entry), schema_of(entry))
    assert not found, advice(entry.type, found)


@EVERY_EVENT
def test_the_golden_schema_is_what_the_code_says(entry: Entry) -> None:
    assert schema_file(entry).read_text() == rendered(schema_of(entry)), (
        f"{entry.type} has changed: run `connect events --write-schemas` and commit the file with the code"
    )


@EVERY_EVENT
def test_the_golden_schema_is_a_json_schema(entry: Entry) -> None:
    Draft202012Validator.check_schema(golden_schema(entry))


@EVERY_EVENT
def test_the_example_fits_the_schema_and_the_class(entry: Entry) -> None:
    payload = example(entry)
    Draft202012Validator(golden_schema(entry), format_checker=Draft202012Validator.FORMAT_CHECKER).validate(payload)
    event = entry.event.model_validate_json(rendered(payload), strict=True)
    assert event.model_dump(mode="json") == payload, "an example shows every field, in the form in which it is sent"


@EVERY_EVENT
def test_what_the_schema_refuses_the_class_refuses_too(entry: Entry) -> None:
    validator = Draft202012Validator(golden_schema(entry))
    candidates: tuple[object, ...] = ({}, "", 7, 1.5, True, None, ["", 7])
    for name in example(entry):
        for wrong in candidates:
            payload = {**example(entry), name: wrong}
            if not validator.is_valid(payload):
                with pytest.raises(ValueError, match=name):
                    entry.event.model_validate_json(rendered(payload), strict=True)


@pytest.mark.parametrize("folder", [SCHEMAS, EXAMPLES], ids=["schemas", "examples"])
def test_there_is_one_file_for_each_event_and_none_besides(folder: Path) -> None:
    assert {file.stem for file in folder.glob("*.json")} == {entry.type for entry in CATALOGUE}, (
        "an event that has readers can't be taken out of the catalogue, only replaced by a new version beside it"
    )


@pytest.fixture
def scheduled_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The golden schema of one event, in a folder of its own; returns the file."""
    monkeypatch.setattr(golden, "SCHEMAS", tmp_path)
    monkeypatch.setattr(golden, "CATALOGUE", (SCHEDULED,))
    return Path(shutil.copy(SCHEMAS / f"{SCHEDULED.type}.json", tmp_path))


def changed_to(event: type[ExchangeScheduled], monkeypatch: pytest.MonkeyPatch) -> None:
    event.__name__ = ExchangeScheduled.__name__
    entry = Entry(
        cast(type[Event], event),
        SCHEDULED.topic,
        SCHEDULED.key,
        SCHEDULED.producer,
        SCHEDULED.hears,
    )
    monkeypatch.setattr(golden, "CATALOGUE", (entry,))


class WithMore(ExchangeScheduled):
    """The days and the number of participants are fixed; preparation goes on."""

    observers: int = 0


class WithCodes(ExchangeScheduled):
    """The days and the number of participants are fixed; preparation goes on."""

    participants: str  # type: ignore[assignment]


def test_writing_without_a_change_changes_nothing(scheduled_alone: Path) -> None:
    before = scheduled_alone.read_text()
    assert write() == []
    assert scheduled_alone.read_text() == before


def test_a_new_event_gets_its_file(scheduled_alone: Path) -> None:
    before = scheduled_alone.read_text()
    scheduled_alone.unlink()
    assert write() == [scheduled_alone]
    assert scheduled_alone.read_text() == before


def test_an_addition_is_written(scheduled_alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed_to(WithMore, monkeypatch)
    assert write() == [scheduled_alone]
    assert "observers" in scheduled_alone.read_text()


def test_a_break_is_refused_with_its_field_and_not_written(
    scheduled_alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = scheduled_alone.read_text()
    changed_to(WithCodes, monkeypatch)
    with pytest.raises(Incompatible, match=r"ExchangeScheduled\.v1: participants .* make a v2"):
        write()
    assert scheduled_alone.read_text() == before


def test_a_break_of_what_nobody_has_seen_is_written(scheduled_alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed_to(WithCodes, monkeypatch)
    assert write(unreleased=True) == [scheduled_alone]
