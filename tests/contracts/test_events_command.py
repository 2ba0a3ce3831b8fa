"""`connect events`, as somebody types it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy.cli.events import command
from deploy.errors import OperatorError
from shared.events.asyncapi import document
from shared.events.catalogue import CATALOGUE, topics
from shared.events.schemas import golden
from shared.events.schemas.golden import golden_schema


def connect_events(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_the_table_shows_every_event_under_its_topic_in_80_columns() -> None:
    shown = connect_events()
    assert shown.exit_code == 0
    lines = [line.split() for line in shown.output.splitlines()]
    assert all(len(line) <= 80 for line in shown.output.splitlines())
    for entry in CATALOGUE:
        topic = next(number for number, words in enumerate(lines) if words[:1] == [entry.topic])
        event = next(number for number, words in enumerate(lines) if words[:1] == [entry.type])
        between = [words[0] for words in lines[topic + 1 : event] if words]
        assert not set(between) & set(topics()), f"{entry.type} stands under another topic"
        assert f"{entry.key}," in lines[topic]
        heard = " ".join(" ".join(words) for words in lines[event : event + 2])
        assert all(service in heard for service in entry.hears)


def test_json_gives_the_catalogue_to_programs() -> None:
    rows = {row["type"]: row for row in json.loads(connect_events("--json").output)}
    assert len(rows) == len(CATALOGUE)
    assert rows["connect.intake.ApplicationValidated.v1"] == {
        "type": "connect.intake.ApplicationValidated.v1",
        "event": "ApplicationValidated",
        "version": 1,
        "topic": "intake.applications",
        "key": "application_id",
        "producer": "intake",
        "consumers": ["matching", "portal", "monitor"],
    }
    assert rows["connect.streaming.EventDeadLettered.v1"]["producer"] == "any service"


def test_asyncapi_prints_the_document() -> None:
    printed = json.loads(connect_events("--asyncapi").output)
    assert printed == document(printed["info"]["version"])


@pytest.mark.parametrize("name", ["connect.intake.OfferClosed.v1", "OfferClosed"])
def test_schema_prints_one_event_s_schema_by_its_type_or_its_name(name: str) -> None:
    (entry,) = [entry for entry in CATALOGUE if entry.event.__name__ == "OfferClosed"]
    assert json.loads(connect_events("--schema", name).output) == golden_schema(entry)


def test_an_unknown_event_is_refused_with_the_way_to_the_list() -> None:
    error = connect_events("--schema", "connect.intake.Nothing.v1").exception
    assert isinstance(error, OperatorError)
    assert "connect.intake.Nothing.v1" in str(error)
    assert "`connect events`" in str(error)


def test_permissions_are_shown_to_people_and_given_to_programs() -> None:
    """Breaks when the two answers, or the answer and what is made of it, part ways."""
    rows = {row["service"]: row for row in json.loads(connect_events("--permissions", "--json").output)}
    assert rows["exchange"] == {
        "user": "connect_exchange",
        "service": "exchange",
        "writes": ["exchange.exchanges", "connect.dead-letters"],
        "reads": [
            "intake.organisations",
            "intake.members",
            "matching.proposals",
            "evaluation.surveys",
            "evaluation.actions",
        ],
        "joins": ["exchange"],
        "watches": [],
    }
    shown = connect_events("--permissions").output
    for row in rows.values():
        _, _, own = shown.partition(f"{row['service']}, as the user {row['user']}")
        words = own.partition(", as the user")[0].split()
        assert {*row["writes"], *row["reads"], *row["joins"], *row["watches"]} <= set(words)


@pytest.mark.parametrize(
    "arguments", [("--json", "--asyncapi"), ("--permissions", "--asyncapi"), ("--unreleased",), ("--nonsense",)]
)
def test_wrong_options_end_with_usage(arguments: tuple[str, ...]) -> None:
    assert connect_events(*arguments).exit_code == 2


def test_write_schemas_names_what_it_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(golden, "SCHEMAS", tmp_path)
    assert set(connect_events("--write-schemas").output.split()) == {f"{entry.type}.json" for entry in CATALOGUE}
    assert "as the code is" in connect_events("--write-schemas").output


def test_write_schemas_refuses_a_break_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(golden, "SCHEMAS", tmp_path)
    connect_events("--write-schemas")
    file = tmp_path / "connect.intake.OfferClosed.v1.json"
    file.write_text(file.read_text().replace('"withdrawn"', '"withdrawn", "lost"'))
    error = connect_events("--write-schemas").exception
    assert isinstance(error, OperatorError)
    assert "reason is narrowed: lost" in str(error)
    assert connect_events("--write-schemas", "--unreleased").output.split() == [file.name]
