"""Any event that its class allows, for tests that must hold for all of them."""

from hypothesis import strategies as st

from shared.events.base import Event
from shared.events.catalogue import Entry

# JSON has no infinity and no not-a-number.
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


def arbitrary(entry: Entry) -> st.SearchStrategy[Event]:
    """Events of that entry's class with every field drawn, those with defaults too."""
    optional = {name: ... for name, field in entry.event.model_fields.items() if not field.is_required()}
    return st.builds(entry.event, **optional)
