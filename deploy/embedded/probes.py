"""Questions that a server can only answer when it works."""

import json
import socket
import struct
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

PROBE_LIMIT_SECONDS = 2.0
HEALTH_LIMIT_SECONDS = 5.0
METADATA, METADATA_VERSION, CORRELATION = 3, 1, 7


def kafka_brokers(host: str, port: int) -> int:
    """How many brokers a Kafka at this address counts as able to work; 0 if it does not answer.

    A raw Metadata request of version 1: an open port alone answers before the node may carry topics.
    """
    no_topics = struct.pack(">i", 0)
    header = struct.pack(">hhih", METADATA, METADATA_VERSION, CORRELATION, -1)
    request = header + no_topics
    try:
        with socket.create_connection((host, port), PROBE_LIMIT_SECONDS) as link:
            link.settimeout(PROBE_LIMIT_SECONDS)
            link.sendall(struct.pack(">i", len(request)) + request)
            with link.makefile("rb") as answer:
                (length,) = struct.unpack(">i", answer.read(4))
                correlation, brokers = struct.unpack(">ii", answer.read(min(length, 8)))
                return brokers if correlation == CORRELATION else 0
    except (OSError, struct.error):
        return 0


def port_is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now. A port whose last connection just closed counts as free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


@dataclass(frozen=True)
class Health:
    """What a service says of itself; `parts` are its roles and what they stand on, with their figures."""

    ready: bool
    parts: dict[str, Any]

    @property
    def reasons(self) -> str:
        """Why it is not ready, in one line."""
        return "; ".join(f"{name}: {part['reason']}" for name, part in self.parts.items() if not part["ready"])


def health_of(url: str) -> Health | None:
    """The answer of a service's /health/ready, or None if there is none."""
    place = urlsplit(url)
    connection = HTTPConnection(str(place.hostname), place.port, timeout=HEALTH_LIMIT_SECONDS)
    try:
        connection.request("GET", place.path)
        body = json.loads(connection.getresponse().read())
        return Health(ready=body["ready"], parts=body["roles"])
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        return None
    finally:
        connection.close()


def server_answers(name: str, address: str) -> bool:
    """Whether a Kafka, or anything else, answers at host:port; of several addresses one is enough."""
    for place in address.split(","):
        host, _, port = place.strip().rpartition(":")
        if name == "kafka" and kafka_brokers(host, int(port)) > 0:
            return True
        if name != "kafka" and _listens(host, int(port)):
            return True
    return False


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), PROBE_LIMIT_SECONDS):
            return True
    except OSError:
        return False
