"""The AsyncAPI document: accepted by the official schema, whole in itself, and true to what is sent."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from shared.events.asyncapi import document
from shared.events.catalogue import CATALOGUE, PARTITIONS, SERVICES, Entry, heard_by, topics

ROOT = Path(__file__).parents[2]
OFFICIAL = ROOT / "node_modules" / "@asyncapi" / "specs" / "schemas" / "3.0.0.json"
EVERY_EVENT = pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.event.__name__)
Document = dict[str, Any]


@cache
def the_document() -> Document:
    return document("1.2.3")


@pytest.fixture(scope="module")
def official() -> Draft7Validator:
    """The schema that the AsyncAPI project publishes, from the packages that `make setup` installs."""
    assert OFFICIAL.exists(), "the package @asyncapi/specs is missing: run `make setup`"
    return Draft7Validator(json.loads(OFFICIAL.read_text()), format_checker=Draft7Validator.FORMAT_CHECKER)


def follow(reference: str) -> Any:
    place: Any = the_document()
    for step in reference.removeprefix("#/").split("/"):
        place = place[step]
    return place


def references(node: Any) -> Iterator[str]:
    """Every reference in the document, except in the examples and in the names of fields."""
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for part in node.values():
            yield from references(part)
    elif isinstance(node, list):
        for part in node:
            yield from references(part)


def resolved(schema: Any) -> Any:
    """A schema with what it refers to written in place."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return resolved(follow(schema["$ref"]))
        return {word: resolved(value) for word, value in schema.items()}
    return [resolved(part) for part in schema] if isinstance(schema, list) else schema


def merged(trait: Any, own: Any) -> Any:
    """The message's own words over those of its trait (RFC 7386), as readers of the document apply traits."""
    if not (isinstance(trait, dict) and isinstance(own, dict)):
        return own
    return {**trait, **{word: merged(trait.get(word), value) for word, value in own.items()}}


def headers_schema(message: Document) -> Document:
    trait = follow(message["traits"][0]["$ref"])
    schema: Document = merged(trait["headers"], message["headers"])
    return schema


def test_the_official_schema_accepts_the_document(official: Draft7Validator) -> None:
    problems = [
        f"{'/'.join(map(str, error.path))}: {error.message[:300]}" for error in official.iter_errors(the_document())
    ]
    assert not problems


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        ("#/operations/portal.hears.intake.offers/action", "listen"),
        ("#/channels/intake.offers/bindings/kafka/partitions", 0),
        ("#/components/messages/connect.intake.OfferClosed.v1/payload", 7),
        ("#/asyncapi", "4.0.0"),
    ],
)
def test_the_official_schema_refuses_a_wrong_document(official: Draft7Validator, place: str, wrong: Any) -> None:
    spoiled = json.loads(json.dumps(the_document()))
    *way, last = place.removeprefix("#/").split("/")
    inside = spoiled
    for step in way:
        inside = inside[step]
    inside[last] = wrong
    assert not official.is_valid(spoiled)


def test_every_reference_leads_somewhere() -> None:
    found = set(references(the_document()))
    assert len(found) > len(CATALOGUE)
    for reference in found:
        assert follow(reference) is not None


def test_every_topic_is_a_channel_with_its_partitions_and_events() -> None:
    assert tuple(the_document()["channels"]) == topics()
    for topic, channel in the_document()["channels"].items():
        assert channel["address"] == topic
        assert channel["bindings"]["kafka"]["partitions"] == PARTITIONS
        assert set(channel["messages"]) == {entry.type for entry in CATALOGUE if entry.topic == topic}


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_hears_in_the_document_what_it_hears_in_the_catalogue(service: str) -> None:
    operations = [
        operation for name, operation in the_document()["operations"].items() if name.startswith(f"{service}.hears.")
    ]
    heard = [message["$ref"].rsplit("/", 1)[1] for operation in operations for message in operation["messages"]]
    assert sorted(heard) == sorted(entry.type for entry in heard_by(service))
    assert all(operation["action"] == "receive" for operation in operations)
    assert all(operation["bindings"]["kafka"]["groupId"]["enum"] == [service] for operation in operations)


def test_every_event_is_sent_by_a_service_on_the_channel_that_has_it() -> None:
    sent = set()
    for operation in the_document()["operations"].values():
        channel = operation["channel"]["$ref"]
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"])
        if operation["action"] == "send":
            sent |= {message["$ref"].rsplit("/", 1)[1] for message in operation["messages"]}
    assert sent == {entry.type for entry in CATALOGUE}


@EVERY_EVENT
def test_the_example_of_a_message_fits_its_headers_and_its_payload(entry: Entry) -> None:
    message = the_document()["components"]["messages"][entry.type]
    (example,) = message["examples"]
    Draft7Validator(headers_schema(message), format_checker=Draft7Validator.FORMAT_CHECKER).validate(example["headers"])
    Draft7Validator(resolved(message["payload"])).validate(example["payload"])


@EVERY_EVENT
def test_the_headers_of_a_message_are_all_described(entry: Entry) -> None:
    message = the_document()["components"]["messages"][entry.type]
    sent = message["examples"][0]["headers"].keys()
    assert sent <= headers_schema(message)["properties"].keys()


@EVERY_EVENT
def test_a_message_of_another_type_or_without_an_id_is_not_described(entry: Entry) -> None:
    message = the_document()["components"]["messages"][entry.type]
    headers = message["examples"][0]["headers"]
    validator = Draft7Validator(headers_schema(message))
    assert not validator.is_valid({**headers, "ce_type": "connect.intake.Another.v1"})
    assert not validator.is_valid({name: value for name, value in headers.items() if name != "ce_id"})


def test_the_document_names_the_release_that_it_describes() -> None:
    assert the_document()["info"]["version"] == "1.2.3"
