"""The name of a Kafka cluster."""

import base64
import uuid


def new_cluster_id() -> str:
    """A random UUID in the 22 characters that Kafka writes; never with a dash, which a command would take amiss."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "_")
