"""Every statement on this service's own tables, named after what it is for."""

from services.exchange.storage.exchanges import (
    add_action,
    add_exchange,
    exchanges_of,
    find_exchange,
    lock_exchange,
    save_exchange,
)
from services.exchange.storage.history import add_change, history_of
from services.exchange.storage.references import keep_member, keep_organisation, references

__all__ = [
    "add_action",
    "add_change",
    "add_exchange",
    "exchanges_of",
    "find_exchange",
    "history_of",
    "keep_member",
    "keep_organisation",
    "lock_exchange",
    "references",
    "save_exchange",
]
