"""The AsyncAPI 3 document: for those who want to react to the events without reading this code."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from shared.events.catalogue import (
    ANY_SERVICE,
    CATALOGUE,
    PARTITIONS,
    RETENTION_DAYS,
    SERVICES,
    Entry,
    heard_by,
    topics,
)
from shared.events.envelope import CONTENT_TYPE, source_of, wrap
from shared.events.schemas.generated import Schema, schema_of
from shared.events.schemas.golden import example

Document = dict[str, Any]

SPECIFICATION = "3.0.0"
KAFKA_BINDING = "0.5.0"
MILLISECONDS_PER_DAY = 24 * 3600 * 1000
EXAMPLE_ID = UUID("015bb6ee-0001-7000-8000-000000000001")
EXAMPLE_TIME = datetime(2017, 5, 15, 8, 30, tzinfo=UTC)
EXAMPLE_TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

ABOUT = """\
What the services of CONNECT tell each other: facts about applications, proposals, exchanges and their evaluation.

Every message is a CloudEvent 1.0 in Kafka's binary mode: attributes in headers that begin with `ce_`, the fact as JSON
in the value, the aggregate's id as key. Events of one aggregate are in order and numbered from 1 by
`ce_subjectsequence`; the same event can arrive twice, with the same `ce_id`. Within a version fields are only added,
so ignore those that you do not know. No event carries a person's name, an e-mail address or free text about a person.
"""

TEXT: Schema = {"type": "string"}
IDENTIFIER: Schema = {"type": "string", "format": "uuid"}
HEADERS: Schema = {
    "type": "object",
    "required": [
        "ce_specversion",
        "ce_id",
        "ce_type",
        "ce_source",
        "ce_subject",
        "ce_time",
        "ce_subjectsequence",
        "content-type",
    ],
    "properties": {
        "ce_specversion": {**TEXT, "const": "1.0"},
        "ce_id": {**IDENTIFIER, "description": "the event's id (UUID version 7), the same in every delivery"},
        "ce_type": {**TEXT, "description": "the event's name and version"},
        "ce_source": {**TEXT, "format": "uri-reference", "description": "the service that announces"},
        "ce_subject": {**IDENTIFIER, "description": "the aggregate's id, also the message key"},
        "ce_time": {**TEXT, "format": "date-time", "description": "when it happened"},
        "ce_subjectsequence": {
            **TEXT,
            "pattern": "^[0-9]+$",
            "description": "place in the aggregate's order, from 1, without gaps",
        },
        "ce_caseid": {
            **IDENTIFIER,
            "description": "the application from which all this follows; absent outside a case",
        },
        "ce_alsotype": {
            **TEXT,
            "description": "types of the other versions in which the same fact is told, with the same id; "
            "take one of them and pass over the others",
        },
        "ce_traceparent": {**TEXT, "description": "W3C trace context of what caused the event, where it was traced"},
        "content-type": {**TEXT, "const": CONTENT_TYPE},
    },
}


def document(version: str) -> Document:
    """The catalogue as an AsyncAPI document. `version` is the release that it describes.

    Raises ValueError if two different values share a name, FileNotFoundError if an event has no example.
    """
    return {
        "asyncapi": SPECIFICATION,
        "id": "urn:connect:events",
        "info": {"title": "CONNECT events", "version": version, "description": ABOUT},
        "defaultContentType": CONTENT_TYPE,
        "servers": {"kafka": _server()},
        "channels": {topic: _channel(topic) for topic in topics()},
        "operations": {**_operations("announces", "send"), **_operations("hears", "receive")},
        "components": {
            "messages": {entry.type: _message(entry) for entry in CATALOGUE},
            "messageTraits": {"cloudEvent": {"headers": HEADERS}},
            "schemas": _schemas(),
        },
    }


def _server() -> Document:
    return {
        "host": "{bootstrap}",
        "protocol": "kafka",
        "variables": {"bootstrap": {"default": "127.0.0.1:7410", "description": "host:port of a broker"}},
    }


def _channel(topic: str) -> Document:
    entries = [entry for entry in CATALOGUE if entry.topic == topic]
    return {
        "address": topic,
        "messages": {entry.type: {"$ref": f"#/components/messages/{entry.type}"} for entry in entries},
        "bindings": {
            "kafka": {
                "partitions": PARTITIONS,
                "topicConfiguration": {
                    "cleanup.policy": ["delete"],
                    "retention.ms": RETENTION_DAYS * MILLISECONDS_PER_DAY,
                },
                "bindingVersion": KAFKA_BINDING,
            }
        },
    }


def _operations(verb: str, action: str) -> Document:
    """One operation for each service and topic, such as `portal.hears.intake.applications`."""
    found: Document = {}
    for service in SERVICES:
        entries = heard_by(service) if action == "receive" else announced_by(service)
        for topic in dict.fromkeys(entry.topic for entry in entries):
            channel = f"#/channels/{topic}"
            operation = {
                "action": action,
                "channel": {"$ref": channel},
                "messages": [{"$ref": f"{channel}/messages/{entry.type}"} for entry in entries if entry.topic == topic],
            }
            if action == "receive":
                group = {**TEXT, "enum": [service]}
                operation["bindings"] = {"kafka": {"groupId": group, "bindingVersion": KAFKA_BINDING}}
            found[f"{service}.{verb}.{topic}"] = operation
    return found


def announced_by(service: str) -> tuple[Entry, ...]:
    """Every event that the service may announce."""
    return tuple(entry for entry in CATALOGUE if entry.producer in (service, ANY_SERVICE))


def _message(entry: Entry) -> Document:
    sources = [source_of(entry, service) for service in SERVICES] if entry.producer == ANY_SERVICE else [entry.source]
    return {
        "name": entry.type,
        "title": entry.event.__name__,
        "summary": schema_of(entry)["description"],
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "headers": {
            "type": "object",
            "properties": {"ce_type": {"const": entry.type}, "ce_source": {"enum": sources}},
        },
        "payload": {"$ref": f"#/components/schemas/{entry.type}"},
        "correlationId": {"location": "$message.header#/ce_caseid", "description": "the case"},
        "bindings": {"kafka": {"key": IDENTIFIER, "bindingVersion": KAFKA_BINDING}},
        "examples": [_example(entry)],
    }


def _example(entry: Entry) -> Document:
    payload = example(entry)
    said = wrap(
        entry.event.model_validate(payload),
        event_id=EXAMPLE_ID,
        service="matching" if entry.producer == ANY_SERVICE else entry.producer,
        time=EXAMPLE_TIME,
        sequence=1,
        case_id=UUID(payload["application_id"]) if "application_id" in payload else None,
        traceparent=EXAMPLE_TRACE,
    )
    return {"headers": {name: value.decode() for name, value in said.headers()}, "payload": payload}


def _schemas() -> Document:
    """Payloads and their shared parts side by side, since a reference in this document starts at its root."""
    found: Document = {}
    for entry in CATALOGUE:
        schema = schema_of(entry)
        parts = schema.pop("$defs", {})
        schema = {word: value for word, value in schema.items() if not word.startswith("$")}
        for name, shape in {entry.type: schema, **parts}.items():
            moved = _moved(shape)
            if found.setdefault(name, moved) != moved:
                raise ValueError(f"{entry.type} has a part named {name} that differs from another event's: rename it")
    return found


def _moved(node: Any) -> Any:
    """The same schema with its references pointing to where `_schemas` puts the parts."""
    if isinstance(node, list):
        return [_moved(part) for part in node]
    if not isinstance(node, dict):
        return node
    return {
        word: value.replace("#/$defs/", "#/components/schemas/") if word == "$ref" else _moved(value)
        for word, value in node.items()
    }
