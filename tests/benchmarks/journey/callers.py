"""People who ask the running services for something, over one kept connection each, with as little client as may be."""

import http.client
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from shared.primitives.terms import Role
from tests.benchmarks.figures import TrialError
from tests.e2e.services import RunningServices

ANSWER_WITHIN = 20.0
KEPT_FOR = 2.0  # seconds; a service hangs up on a connection that was idle for 5


@dataclass(slots=True)
class Caller:
    """One connection to one address. http.client adds about 0.2 ms to a request, less than any asynchronous client."""

    url: str
    token: str = ""
    _connection: http.client.HTTPConnection | None = None
    _used: float = 0.0

    def post(self, path: str, body: object = None) -> Any:
        """Send a command; returns the JSON of its reply. Raises TrialError for anything but success."""
        headers = {"Content-Type": "application/json"} | ({"Authorization": self.token} if self.token else {})
        if self._connection is None or time.monotonic() - self._used > KEPT_FOR:
            self.close()
            self._connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=ANSWER_WITHIN)
        self._connection.request("POST", path, json.dumps(body or {}).encode(), headers)
        answer = self._connection.getresponse()
        text = answer.read()
        self._used = time.monotonic()
        if answer.status >= 300:
            raise TrialError(f"{self.url}{path} answered {answer.status}: {text[:300]!r}")
        return json.loads(text)

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            self._connection.close()


def sign_in(services: RunningServices, service: str, roles: Sequence[Role]) -> Caller:
    """A caller of a service with these roles, who is a person of their own."""
    client = json.loads(services.home.clients.read_text())[0]
    portal = Caller(services.url("portal"))
    wish = {
        "grant_type": "client_credentials",
        "client_id": client["client_id"],
        "client_secret": client["secret"],
        "roles": list(roles),
        "organisation_id": str(uuid4()),
        "member_id": str(uuid4()),
    }
    try:
        answer = portal.post("/v1/token", wish)
    finally:
        portal.close()
    return Caller(services.url(service), f"Bearer {answer['access_token']}")
