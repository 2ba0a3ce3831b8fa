"""What was ordered already, and which ids came of it, so that a journey goes on where it was broken off."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.embedded.private import write_private
from deploy.errors import OperatorError


@dataclass
class Ledger:
    """Replies by key, of which only the ids are kept. With a file, each is written down before the next is asked for.

    An order whose reply was not written down is sent again with the same key; the service then gives its first reply
    again, for two days.
    """

    file: Path | None = None
    pages: dict[str, dict[str, Any]] = field(default_factory=dict)

    def reply(self, page: str, key: str) -> dict[str, str] | None:
        """The ids in the reply to an order; None if it was not carried out yet."""
        ids: dict[str, str] | None = self._page(page)["replies"].get(key)
        return ids

    def keep(self, page: str, key: str, reply: dict[str, Any]) -> dict[str, str]:
        """Write the ids of a reply down."""
        ids = {name: value for name, value in reply.items() if name == "id" or name.endswith("_id")}
        self._page(page)["replies"][key] = ids
        self._save()
        return ids

    def note(self, page: str, **facts: str) -> None:
        """Write other facts down."""
        self._page(page)["facts"] |= facts
        self._save()

    def fact(self, page: str, name: str) -> str | None:
        """A fact that was written down."""
        value: str | None = self._page(page)["facts"].get(name)
        return value

    def ids(self, start: str, key: str, name: str) -> list[str]:
        """The ids of that name in the replies to that order, on all pages whose names start so."""
        replies = (self.reply(page, key) for page in list(self.pages) if page.startswith(start))
        return [reply[name] for reply in replies if reply]

    def forget(self, start: str) -> None:
        """Tear out all pages whose names start so."""
        self.pages = {page: kept for page, kept in self.pages.items() if not page.startswith(start)}
        self._save()

    def _page(self, page: str) -> dict[str, Any]:
        return self.pages.setdefault(page, {"facts": {}, "replies": {}})

    def _save(self) -> None:
        if self.file is None:
            return
        try:
            write_private(self.file, json.dumps(self.pages, indent=1))
        except OSError as error:
            raise OperatorError(
                f"{self.file} can't be written ({error.strerror}): make room, then load again."
            ) from error
