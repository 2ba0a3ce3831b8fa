"""A walk through every place of an event's golden schema."""

from collections.abc import Iterator
from dataclasses import dataclass

from shared.events.catalogue import CATALOGUE
from shared.events.schemas.generated import Schema
from shared.events.schemas.golden import golden_schema


@dataclass(frozen=True, slots=True)
class Place:
    """A value in an event: `path` is such as `organisation.seat` or `languages[].level`, `field` its last name."""

    event: str
    path: str
    field: str
    shape: Schema

    @property
    def is_plain_text(self) -> bool:
        """Whether any text may stand here."""
        return self.shape.get("type") == "string" and not self.shape.keys() & {"format", "enum", "const", "pattern"}


def every_place() -> tuple[Place, ...]:
    """The places of all events."""
    return tuple(
        place
        for entry in CATALOGUE
        for schema in (golden_schema(entry),)
        for place in places(entry.event.__name__, schema, schema)
    )


def places(event: str, schema: Schema, root: Schema, path: str = "", field: str = "") -> Iterator[Place]:
    """The place itself and everything within it; references are followed, and schemas do not contain themselves."""
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    if path:
        yield Place(event, path, field, schema)
    for name, shape in schema.get("properties", {}).items():
        yield from places(event, shape, root, f"{path}.{name}".lstrip("."), name)
    if "items" in schema:
        yield from places(event, schema["items"], root, f"{path}[]", field)
    for choice in schema.get("anyOf", ()):
        yield from places(event, choice, root, path, field)
