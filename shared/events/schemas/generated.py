"""The JSON Schema (2020-12) of an event, drawn from its class and its row in the catalogue."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema

from shared.events.catalogue import Entry

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
READING_ORDER = ("type", "required", "properties", "$defs")


class _WithoutFieldTitles(GenerateJsonSchema):
    """Pydantic titles every field with its own name, which tells a reader nothing."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic's signature
        return False


def schema_of(entry: Entry) -> Schema:
    """What a reader of the event may rely on, topic and key included; the same text in every run."""
    drawn = entry.event.model_json_schema(mode="validation", schema_generator=_WithoutFieldTitles)
    head = {
        "$schema": DIALECT,
        "$id": f"urn:connect:event:{entry.type}",
        "title": entry.event.__name__,
        "description": drawn["description"],
        "x-topic": entry.topic,
        "x-key": entry.key,
        **{word: drawn[word] for word in READING_ORDER if word in drawn},
    }
    return {**head, **{word: value for word, value in drawn.items() if word not in head}}
