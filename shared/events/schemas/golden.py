"""The files: one golden schema and one example for each event, named after its CloudEvents type."""

import json
from pathlib import Path
from typing import Any

from shared.events.catalogue import CATALOGUE, Entry
from shared.events.schemas.compatibility import advice, breaks
from shared.events.schemas.generated import Schema, schema_of

SCHEMAS = Path(__file__).parent
EXAMPLES = SCHEMAS.parent / "examples"


class Incompatible(Exception):
    """An event changed in a way that its version does not allow. The text names the fields."""


def schema_file(entry: Entry) -> Path:
    """Where the event's golden schema is, or belongs."""
    return SCHEMAS / f"{entry.type}.json"


def golden_schema(entry: Entry) -> Schema:
    """The golden schema. Raises FileNotFoundError for an event that has none yet."""
    schema: Schema = json.loads(schema_file(entry).read_text())
    return schema


def example(entry: Entry) -> dict[str, Any]:
    """One message's payload, invented, with ids that never change. Raises FileNotFoundError where it is missing."""
    payload: dict[str, Any] = json.loads((EXAMPLES / f"{entry.type}.json").read_text())
    return payload


def rendered(document: Any) -> str:
    """JSON as it stands in the files."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write(*, unreleased: bool = False) -> list[Path]:
    """Bring the golden schemas in line with the code and return what changed.

    Raises `Incompatible`, and writes nothing, if a change breaks its version, unless nobody outside has seen that
    version yet (`unreleased`). The file of an event that has left the catalogue stays: it was promised, and only a
    person may take it back.
    """
    if not unreleased:
        _refuse_breaks()
    changed = []
    for entry in CATALOGUE:
        file, text = schema_file(entry), rendered(schema_of(entry))
        if not file.exists() or file.read_text() != text:
            file.write_text(text)
            changed.append(file)
    return changed


def _refuse_breaks() -> None:
    found = {
        entry: breaks(golden_schema(entry), schema_of(entry)) for entry in CATALOGUE if schema_file(entry).exists()
    }
    if broken := [advice(entry.type, why) for entry, why in found.items() if why]:
        raise Incompatible("\n".join(broken))
