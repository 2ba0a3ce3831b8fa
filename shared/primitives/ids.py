"""Ids that sort by the time of their making (UUID version 7, RFC 9562)."""

from collections.abc import Callable
from uuid import UUID

from uuid_utils.compat import uuid7

NewId = Callable[[], UUID]


def new_id() -> UUID:
    """A fresh id; ids of one process sort in the order of their making."""
    return uuid7()
