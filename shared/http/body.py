"""The base of request bodies."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """A request body: frozen, and a field that it does not know is an error rather than ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")
