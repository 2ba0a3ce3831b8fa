"""Ids that sort by the time of their making (UUID version 7, RFC 9562)."""

from collections.abc import Callable
from uuid import UUID

import uuid_utils

NewId = Callable[[], UUID]


def new_id() -> UUID:
    """A fresh id; ids of one process sort in the order of their making."""
    return UUID(int=uuid_utils.uuid7().int)
