"""Our messages as the CloudEvents SDK reads them: the proof that a stranger's consumer understands them."""

from collections.abc import Iterable
from typing import Any

from cloudevents.core.base import BaseCloudEvent
from cloudevents.core.bindings.kafka import KafkaMessage, from_kafka_event


def read_with_sdk(headers: Iterable[tuple[str, bytes]], key: bytes | None, value: bytes) -> dict[str, Any]:
    """The CloudEvents attributes of a Kafka message, named without `ce_`, `time` as a datetime.

    The SDK adds the key as `partitionkey`. Raises the SDK's CloudEventValidationError for what is no CloudEvent, and
    ValueError for a value that is not what its content type says.
    """
    return dict(_read(headers, key, value).get_attributes())


def payload_with_sdk(headers: Iterable[tuple[str, bytes]], key: bytes | None, value: bytes) -> Any:
    """The payload of the same message, parsed by its content type."""
    return _read(headers, key, value).get_data()


def _read(headers: Iterable[tuple[str, bytes]], key: bytes | None, value: bytes) -> BaseCloudEvent:
    pairs = list(headers)
    named = dict(pairs)
    if len(named) < len(pairs):
        raise ValueError("a header stands twice: a reader would see only one of them")
    return from_kafka_event(KafkaMessage(headers=named, key=key, value=value))
