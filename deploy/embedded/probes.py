"""Questions that a server can only answer when it works."""

import socket
import struct

PROBE_LIMIT_SECONDS = 2.0
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
