"""Questions that a server can only answer when it works."""

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from shared.streaming.settings import KafkaSettings

PROBE_LIMIT_SECONDS = 2.0
HEALTH_LIMIT_SECONDS = 5.0
CORRELATION = 7
LONGEST_ANSWER = 1_000_000
# Kafka's requests by number, each in its first version that we need.
METADATA, METADATA_VERSION = 3, 1
API_VERSIONS, API_VERSIONS_VERSION = 18, 0
SASL_HANDSHAKE, SASL_HANDSHAKE_VERSION = 17, 1
SASL_AUTHENTICATE, SASL_AUTHENTICATE_VERSION = 36, 0


def kafka_brokers(host: str, port: int, kafka: KafkaSettings | None = None) -> int:
    """How many brokers a Kafka at this address counts as able to work; 0 if it does not answer or refuses us.

    A raw Metadata request: an open port alone answers before the node may carry topics. `kafka` says how to sign in;
    where that takes more than a name and a password in plain words (SCRAM, say), whoever answers counts as one broker.
    """
    try:
        with _link(host, port, kafka) as link:
            if kafka is not None and kafka.signs_in and not _sign_in(link, kafka):
                _ask(link, API_VERSIONS, API_VERSIONS_VERSION, b"")
                return 1
            (brokers,) = struct.unpack_from(">i", _ask(link, METADATA, METADATA_VERSION, struct.pack(">i", 0)))
            return int(brokers)
    except (OSError, struct.error, ValueError):
        return 0


@contextmanager
def _link(host: str, port: int, kafka: KafkaSettings | None) -> Iterator[socket.socket]:
    with socket.create_connection((host, port), PROBE_LIMIT_SECONDS) as link:
        link.settimeout(PROBE_LIMIT_SECONDS)
        context = kafka.ssl_context() if kafka is not None else None
        if context is None:
            yield link
        else:
            with context.wrap_socket(link, server_hostname=host) as secret:
                yield secret


def _sign_in(link: socket.socket, kafka: KafkaSettings) -> bool:
    """Sign in if it is done in plain words; False if it is not. Raises ValueError if Kafka refuses."""
    if kafka.sasl_mechanism != "PLAIN" or not kafka.user or not kafka.password:
        return False
    handshake = _ask(link, SASL_HANDSHAKE, SASL_HANDSHAKE_VERSION, _text(kafka.sasl_mechanism))
    words = f"\0{kafka.user}\0{kafka.password.get_secret_value()}".encode()
    answer = _ask(link, SASL_AUTHENTICATE, SASL_AUTHENTICATE_VERSION, struct.pack(">i", len(words)) + words)
    if any(struct.unpack_from(">h", code)[0] for code in (handshake, answer)):
        raise ValueError("Kafka refuses the sign-in")
    return True


def _ask(link: socket.socket, request: int, version: int, body: bytes) -> bytes:
    """One question and its answer without the answer's head."""
    question = struct.pack(">hhih", request, version, CORRELATION, -1) + body
    link.sendall(struct.pack(">i", len(question)) + question)
    with link.makefile("rb") as answer:
        (length,) = struct.unpack(">i", answer.read(4))
        (correlation,) = struct.unpack(">i", answer.read(4))
        if correlation != CORRELATION or not 4 < length < LONGEST_ANSWER:
            raise ValueError("no Kafka")
        return answer.read(length - 4)


def _text(word: str) -> bytes:
    return struct.pack(">h", len(word)) + word.encode()


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


def kafka_answers(kafka: KafkaSettings) -> bool:
    """Whether a Kafka answers; of several addresses one is enough."""
    return any(kafka_brokers(host, port, kafka) > 0 for host, port in _places(kafka.bootstrap))


def server_answers(address: str) -> bool:
    """Whether anything answers at host:port; of several addresses one is enough."""
    return any(_listens(host, port) for host, port in _places(address))


def _places(addresses: str) -> Iterator[tuple[str, int]]:
    for place in addresses.split(","):
        host, _, port = place.strip().rpartition(":")
        yield host, int(port)


def _listens(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), PROBE_LIMIT_SECONDS):
            return True
    except OSError:
        return False
