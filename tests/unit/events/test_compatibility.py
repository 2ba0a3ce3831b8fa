"""What may change within a version of an event, and what needs a new one."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from shared.events.schemas.compatibility import advice, breaks
from shared.events.schemas.generated import Schema

Change = Callable[[Schema], object]

RELEASED: Schema = {
    "$id": "urn:connect:event:connect.intake.Example.v1",
    "title": "Example",
    "description": "What was released.",
    "x-topic": "intake.examples",
    "x-key": "example_id",
    "type": "object",
    "required": ["example_id", "level", "count", "place", "skills"],
    "properties": {
        "example_id": {"type": "string", "format": "uuid"},
        "level": {"$ref": "#/$defs/Level"},
        "count": {"type": "integer", "minimum": 1, "maximum": 5},
        "place": {"$ref": "#/$defs/Place"},
        "skills": {"type": "array", "items": {"$ref": "#/$defs/Skill"}},
        "remark": {"type": "string", "default": "", "description": "may be absent"},
        "other_id": {"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}], "default": None},
        "kind": {"const": "one", "type": "string", "default": "one"},
        "part": {"$ref": "#/$defs/Part", "default": {}},
    },
    "$defs": {
        "Level": {"type": "string", "enum": ["low", "high"], "description": "How good."},
        "Place": {
            "type": "object",
            "required": ["seat"],
            "properties": {"seat": {"type": "integer"}, "country": {"type": "string", "default": ""}},
        },
        "Skill": {"type": "object", "required": ["level"], "properties": {"level": {"$ref": "#/$defs/Level"}}},
        "Part": {"type": "object", "properties": {"parts": {"type": "array", "items": {"$ref": "#/$defs/Part"}}}},
    },
}
MESSAGE = {
    "example_id": "015bb6c0-0001-7000-8000-000000000001",
    "level": "low",
    "count": 3,
    "place": {"seat": 7},
    "skills": [{"level": "high"}],
}


def changed(change: Change) -> Schema:
    schema = deepcopy(RELEASED)
    change(schema)
    return schema


def put(path: str, value: Any) -> Change:
    """Set one word of the schema, such as `properties/count/maximum`."""
    *way, last = path.split("/")

    def change(schema: Schema) -> None:
        for step in way:
            schema = schema[step]
        schema[last] = value

    return change


def drop(name: str, *, inside: str = "") -> Change:
    """Take a field away."""

    def change(schema: Schema) -> None:
        place = schema["$defs"][inside] if inside else schema
        del place["properties"][name]
        if name in place.get("required", ()):
            place["required"].remove(name)

    return change


def require(name: str) -> Change:
    return lambda schema: schema["required"].append(name)


def both(*changes: Change) -> Change:
    return lambda schema: [change(schema) for change in changes]


NEW_FIELD = put("properties/since", {"type": "string", "format": "date", "default": "2017-01-01"})
NULLABLE_COUNT = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 5}, {"type": "null"}]}

BREAKING: dict[str, tuple[Change, str, str]] = {
    "a field goes": (drop("count"), "count", "was removed"),
    "an optional field goes": (drop("remark"), "remark", "was removed"),
    "a field of a part goes": (drop("country", inside="Place"), "place.country", "was removed"),
    "a field of an item goes": (drop("level", inside="Skill"), "skills[].level", "was removed"),
    "a field gets another name": (
        both(drop("remark"), put("properties/note", {"type": "string", "default": ""})),
        "remark",
        "renamed to note",
    ),
    "a new field is required": (both(NEW_FIELD, require("since")), "since", "new and required"),
    "an optional field becomes required": (require("remark"), "remark", "now required"),
    "a required field becomes optional": (put("required", ["example_id"]), "level", "no longer required"),
    "a value leaves a list": (put("$defs/Level/enum", ["low"]), "level", "high is no longer allowed"),
    "a value leaves a list in an item": (put("$defs/Level/enum", ["low"]), "skills[].level", "high is no longer"),
    "a value joins a list": (put("$defs/Level/enum", ["low", "high", "top"]), "level", "top is new"),
    "a single value changes": (put("properties/kind/const", "two"), "kind", "one is no longer allowed"),
    "a text becomes a list of values": (put("properties/remark/enum", ["", "a"]), "remark", "narrowed to a list"),
    "a list of values becomes a text": (put("$defs/Level", {"type": "string"}), "level", "widened from a list"),
    "a number becomes a text": (put("properties/count", {"type": "string"}), "count", "integer is no longer allowed"),
    "a text becomes a date": (
        put("properties/remark", {"type": "string", "format": "date", "default": ""}),
        "remark",
        "string is no longer allowed",
    ),
    "a field stops being nullable": (
        put("properties/other_id", {"type": "string", "format": "uuid", "default": None}),
        "other_id",
        "null is no longer allowed",
    ),
    "a field becomes nullable": (put("properties/count", NULLABLE_COUNT), "count", "null is new"),
    "a range shrinks": (put("properties/count/maximum", 4), "count", "maximum: 4 instead of 5"),
    "a range grows": (put("properties/count/maximum", 9), "count", "maximum: 9 instead of 5"),
    "a pattern is asked for": (put("properties/remark/pattern", "^a"), "remark", "pattern: ^a instead of None"),
    "items change their type": (put("properties/skills/items", {"type": "string"}), "skills[]", "string is new"),
    "items lose their shape": (put("properties/skills", {"type": "array"}), "skills[]", "object is no longer allowed"),
    "unknown fields are refused": (put("additionalProperties", False), "the event", "additionalProperties"),
    "a default changes": (put("properties/remark/default", "none"), "remark", "another default"),
    "a field gets a default and is no longer required": (
        both(put("properties/count/default", 1), put("required", ["example_id", "level", "place", "skills"])),
        "count",
        "no longer required",
    ),
    "the topic changes": (put("x-topic", "intake.samples"), "the event", "x-topic"),
    "the key changes": (put("x-key", "other_id"), "the event", "x-key"),
}
ALLOWED: dict[str, Change] = {
    "nothing": both(),
    "a new optional field": NEW_FIELD,
    "a new optional field in a part": put("$defs/Place/properties/region", {"type": "string", "default": ""}),
    "a new optional field that may be null": put(
        "properties/since", {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}], "default": None}
    ),
    "a new optional part": both(
        put("$defs/Budget", {"type": "object", "properties": {"amount": {"type": "integer", "default": 0}}}),
        put("properties/budget", {"$ref": "#/$defs/Budget", "default": {}}),
    ),
    "a better explanation": both(put("description", "Clearer."), put("properties/remark/description", "clearer")),
    "another order of fields": lambda schema: schema.update(
        properties=dict(reversed(schema["properties"].items())), required=list(reversed(schema["required"]))
    ),
    "another order of values": put("$defs/Level/enum", ["high", "low"]),
    "a part gets another name in the code": both(
        lambda schema: schema["$defs"].update(Location=schema["$defs"].pop("Place")),
        put("properties/place", {"$ref": "#/$defs/Location"}),
    ),
    "a part is written in place": put("properties/level", {"type": "string", "enum": ["low", "high"]}),
}


@pytest.mark.parametrize(("change", "field", "why"), BREAKING.values(), ids=BREAKING)
def test_a_break_names_its_field_and_asks_for_a_new_version(change: Change, field: str, why: str) -> None:
    found = breaks(RELEASED, changed(change))
    assert [one for one in found if one.field == field and why in one.what], found
    text = advice("connect.intake.Example.v1", found)
    assert field in text
    assert "make a v2" in text


@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED)
def test_additions_and_explanations_may_stay_within_the_version(change: Change) -> None:
    assert breaks(RELEASED, changed(change)) == ()


@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED)
def test_whatever_is_allowed_leaves_old_messages_readable(change: Change) -> None:
    assert Draft202012Validator(changed(change)).is_valid(MESSAGE)


def test_every_break_of_one_change_is_reported() -> None:
    found = breaks(RELEASED, changed(both(drop("count"), drop("remark"), require("other_id"))))
    assert {one.field for one in found} == {"count", "remark", "other_id"}


def test_a_change_within_a_part_that_contains_itself_is_found_and_the_search_ends() -> None:
    found = breaks(RELEASED, changed(put("$defs/Part/properties/parts/minItems", 1)))
    assert [one.field for one in found] == ["part.parts"]


def test_the_reverse_of_an_addition_is_a_break() -> None:
    assert [one.field for one in breaks(changed(NEW_FIELD), RELEASED)] == ["since"]


def test_comparing_changes_neither_schema() -> None:
    current = changed(BREAKING["a value joins a list"][0])
    before = deepcopy((RELEASED, current))
    breaks(RELEASED, current)
    assert (RELEASED, current) == before
