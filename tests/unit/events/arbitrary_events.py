"""Any event that its class allows, for tests that must hold for all of them."""

from datetime import UTC
from typing import Any, get_args, get_origin

from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel

from shared.events.base import Code, Event
from shared.events.catalogue import Entry

# JSON has no infinity and no not-a-number.
st.register_type_strategy(AwareDatetime, st.datetimes(timezones=st.just(UTC)))
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))

CODES = st.from_regex(r"[a-z][a-z0-9_-]{0,79}", fullmatch=True)


def arbitrary(entry: Entry) -> st.SearchStrategy[Event]:
    """Events of that entry's class with every field drawn, those with defaults too."""
    return _model(entry.event)


def _model(model: type[BaseModel]) -> st.SearchStrategy[Any]:
    fields: dict[str, Any] = {}
    for name, field in model.model_fields.items():
        # pydantic takes Annotated apart: the pattern is what is left of a Code.
        is_code = any(getattr(item, "pattern", None) for item in field.metadata)
        if is_code:
            fields[name] = CODES
        elif _needs_help(field.annotation):
            fields[name] = _type(field.annotation)
        elif not field.is_required():
            fields[name] = ...
    return st.builds(model, **fields)


def _needs_help(annotation: Any) -> bool:
    return get_origin(annotation) is tuple and (get_args(annotation)[0] == Code or _is_model(get_args(annotation)[0]))


def _type(annotation: Any) -> st.SearchStrategy[Any]:
    (item, _) = get_args(annotation)
    return st.lists(CODES if item == Code else _model(item), max_size=3).map(tuple)


def _is_model(item: Any) -> bool:
    return isinstance(item, type) and issubclass(item, BaseModel)
