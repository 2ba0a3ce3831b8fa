"""Reasons that go into events are codes, never sentences: a sentence may say something about a person."""

import re

from shared.primitives.errors import FieldProblem, Invalid

CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = 60


def require_code(pointer: str, value: str) -> None:
    """Raise `Invalid` unless the value looks like `respondent-unreachable`."""
    if len(value) > LONGEST or not CODE.fullmatch(value):
        detail = f"Give a code of small letters, digits and hyphens, up to {LONGEST} characters, such as no-programme."
        raise Invalid("reason-is-no-code", detail, fields=(FieldProblem(pointer, "not-a-code", detail),))
