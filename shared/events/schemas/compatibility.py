"""Whether an event may change within its version.

The rule: every message that one of the two shapes allows can be read by those who know only the other. Kafka keeps
messages of the older shape, and readers are not all replaced in one moment, so it must hold in both directions. What
remains is to add an optional field, and to say better what a field means. Everything else is a new version.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from shared.events.schemas.generated import Schema

EXPLANATIONS = frozenset({"$schema", "$id", "$defs", "$comment", "title", "description", "examples", "deprecated"})
COMPARED_APART = frozenset({"type", "format", "enum", "const", "properties", "required", "items", "default"})
NO_DEFAULT = object()


@dataclass(frozen=True, slots=True)
class Break:
    """Why a change can't stay within its version. `field` is a path, such as `organisation.seat`, `modes[].level`."""

    field: str
    what: str

    def __str__(self) -> str:
        return f"{self.field} {self.what}"


def breaks(released: Schema, current: Schema) -> tuple[Break, ...]:
    """Everything in `current` that breaks with `released`; empty when the change only adds optional fields."""
    return tuple(_Comparison(released, current).node("", released, current))


def advice(event_type: str, found: tuple[Break, ...]) -> str:
    """What to tell whoever made the change: each field, and the way out."""
    return (
        f"{event_type}: {'; '.join(map(str, found))}. "
        "Within a version only optional fields are added: make a v2 of the event and announce both while readers move."
    )


@dataclass(frozen=True, slots=True)
class _Comparison:
    released: Schema
    current: Schema
    open_pairs: set[tuple[str, str]] = field(default_factory=set)

    def node(self, path: str, old: Schema, new: Schema) -> Iterator[Break]:
        """Compare what may stand in one place. Definitions that contain themselves are followed once."""
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if all(pair):
            if pair in self.open_pairs:
                return
            self.open_pairs.add(pair)
        if old.get("default", NO_DEFAULT) != new.get("default", NO_DEFAULT):
            yield Break(path, "has another default, so a message without the field would change its meaning")
        yield from self._alternatives(path, _by_kind(old, self.released), _by_kind(new, self.current))
        self.open_pairs.discard(pair)

    def _alternatives(self, path: str, old: dict[str, Schema], new: dict[str, Schema]) -> Iterator[Break]:
        for kind in old.keys() - new.keys():
            yield Break(path or "the event", f"is narrowed: {kind} is no longer allowed")
        for kind in new.keys() - old.keys():
            yield Break(path or "the event", f"is widened: {kind} is new, and older readers refuse it")
        for kind in sorted(old.keys() & new.keys()):
            yield from self._same_kind(path, old[kind], new[kind])

    def _same_kind(self, path: str, old: Schema, new: Schema) -> Iterator[Break]:
        yield from _listed_values(path, old.get("enum"), new.get("enum"))
        yield from self._fields(path, old, new)
        if "items" in old or "items" in new:
            yield from self.node(f"{path}[]", old.get("items", {}), new.get("items", {}))
        for word in sorted((old.keys() | new.keys()) - COMPARED_APART - EXPLANATIONS):
            if old.get(word) != new.get(word):
                yield Break(path or "the event", f"has another {word}: {new.get(word)} instead of {old.get(word)}")

    def _fields(self, path: str, old: Schema, new: Schema) -> Iterator[Break]:
        before, after = old.get("properties", {}), new.get("properties", {})
        must_before, must_after = set(old.get("required", ())), set(new.get("required", ()))
        added = [name for name in after if name not in before]
        for name, shape in before.items():
            place = f"{path}.{name}" if path else name
            if name not in after:
                twin = next((other for other in added if _bare(after[other]) == _bare(shape)), None)
                yield Break(place, f"was removed, or renamed to {twin}" if twin else "was removed")
                continue
            if (name in must_before) != (name in must_after):
                yield Break(place, "is now required" if name in must_after else "is no longer required")
            yield from self.node(place, shape, after[name])
        for name in added:
            if name in must_after:
                yield Break(f"{path}.{name}" if path else name, "is new and required: older messages lack it")


def _listed_values(path: str, old: list[Any] | None, new: list[Any] | None) -> Iterator[Break]:
    if old is None and new is not None:
        yield Break(path, "is narrowed to a list of values")
    elif old is not None and new is None:
        yield Break(path, "is widened from a list of values, and older readers refuse others")
    elif old is not None and new is not None:
        if gone := [value for value in old if value not in new]:
            yield Break(path, f"is narrowed: {_listing(gone)} is no longer allowed")
        if fresh := [value for value in new if value not in old]:
            yield Break(path, f"is widened: {_listing(fresh)} is new, and older readers refuse it")


def _listing(values: list[Any]) -> str:
    return ", ".join(map(str, values))


def _by_kind(node: Schema, root: Schema) -> dict[str, Schema]:
    """What may stand in a place, told apart by type and format: `string (uuid)`, `null`, `object` …"""
    found: dict[str, Schema] = {}
    for choice in _choices(node, root):
        kind = f"{choice.get('type', 'anything')} ({choice['format']})" if "format" in choice else choice.get("type")
        name = str(kind or "anything")
        while name in found:
            name += " or another"
        found[name] = choice
    return found


def _choices(node: Schema, root: Schema) -> Iterator[Schema]:
    if "$ref" in node:
        yield from _choices(root["$defs"][node["$ref"].removeprefix("#/$defs/")], root)
    elif "anyOf" in node:
        for choice in node["anyOf"]:
            yield from _choices(choice, root)
    elif "const" in node:
        yield {**node, "enum": [node["const"]]}
    else:
        yield node


def _bare(node: Schema) -> Schema:
    return {word: value for word, value in node.items() if word not in EXPLANATIONS | {"default"}}
