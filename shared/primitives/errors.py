"""Two kinds of failure: the request is wrong (`Rejected`), or the moment is wrong (`TryAgain`).

A `Rejected` answers an HTTP command with a problem document and turns an event into a dead letter: trying again changes
nothing. A `TryAgain` leaves everything undone, to be tried later. Any other exception is treated as a `TryAgain` by
the consumer, since a defect in our code must not cost an event.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong in one place: a JSON pointer into the body, a stable code, and how to repair it."""

    pointer: str
    code: str
    detail: str


class Rejected(Exception):
    """The rules refuse this. `code` is stable and translatable, `detail` says in English what to do about it."""

    def __init__(self, code: str, detail: str, *, fields: tuple[FieldProblem, ...] = ()) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.fields = fields


class Invalid(Rejected):
    """Some value is wrong or missing."""


class WrongState(Rejected):
    """The thing is in a state in which this can't be done."""


class NotFound(Rejected):
    """There is no such thing, or the actor may not know that there is."""


class Forbidden(Rejected):
    """The actor may not do this."""


class TryAgain(Exception):
    """Something that is needed is away for the moment."""


def require(allowed: bool, what: str) -> None:
    """Deny unless `allowed`. `what` completes the sentence "You may not …"."""
    if not allowed:
        raise Forbidden("forbidden", f"You may not {what}. Ask for a role that allows it.")
