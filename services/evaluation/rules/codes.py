"""Reasons that go into events are codes, never sentences: a sentence may say something about a person."""

from pydantic import TypeAdapter, ValidationError

from shared.events.base import Code
from shared.primitives.errors import FieldProblem, Invalid

CODE: TypeAdapter[str] = TypeAdapter(Code)


def require_code(pointer: str, value: str) -> None:
    """Raise `Invalid` unless the value looks like `respondent-unreachable`."""
    try:
        CODE.validate_python(value)
    except ValidationError as error:
        detail = "Give a code of small letters, digits and hyphens, up to 80 characters, such as no-programme."
        raise Invalid("reason-is-no-code", detail, fields=(FieldProblem(pointer, "not-a-code", detail),)) from error
