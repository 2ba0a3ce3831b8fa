"""Every event is a CloudEvent 1.0 in Kafka's binary mode, as the SDK of the CloudEvents project understands it."""

import json
import re
from datetime import UTC, datetime
from uuid import UUID

import pytest
from cloudevents.core.exceptions import CloudEventValidationError

from shared.events.catalogue import CATALOGUE, Entry
from shared.events.envelope import Envelope, wrap
from shared.events.schemas.golden import example
from tests.contracts.cloudevents_reading import payload_with_sdk, read_with_sdk

EVERY_EVENT = pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.event.__name__)
# "MUST consist of lower-case letters or digits; SHOULD start with a letter; SHOULD NOT exceed 20 characters"
NAME = re.compile(r"[a-z][a-z0-9]{0,19}")
EVENT_ID = UUID("015bb6ee-0001-7000-8000-000000000001")
CASE = UUID("015bb6c0-0001-7000-8000-000000000001")
TIME = datetime(2017, 5, 15, 8, 30, 0, 250_000, tzinfo=UTC)
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def said(entry: Entry) -> Envelope:
    return wrap(
        entry.event.model_validate(example(entry)),
        event_id=EVENT_ID,
        service="matching",
        time=TIME,
        sequence=12,
        case_id=CASE,
        traceparent=TRACE,
    )


@EVERY_EVENT
def test_the_sdk_reads_the_attributes_of_every_event(entry: Entry) -> None:
    envelope = said(entry)
    key = envelope.subject.encode()
    assert read_with_sdk(envelope.headers(), key, envelope.value()) == {
        "specversion": "1.0",
        "id": str(EVENT_ID),
        "type": entry.type,
        "source": envelope.source,
        "subject": envelope.subject,
        "time": TIME,
        "datacontenttype": "application/json",
        "subjectsequence": "12",
        "caseid": str(CASE),
        "traceparent": TRACE,
        "partitionkey": envelope.subject,
    }


@EVERY_EVENT
def test_the_sdk_reads_the_payload_of_every_event(entry: Entry) -> None:
    envelope = said(entry)
    payload = payload_with_sdk(envelope.headers(), envelope.subject.encode(), envelope.value())
    assert payload == json.loads(envelope.value()) == example(entry)


def test_our_attributes_keep_to_the_naming_rules() -> None:
    names = [name for name, _ in said(CATALOGUE[0]).headers() if name != "content-type"]
    assert all(name.startswith("ce_") and NAME.fullmatch(name.removeprefix("ce_")) for name in names), names


def test_the_sdk_refuses_a_message_without_its_required_attributes() -> None:
    envelope = said(CATALOGUE[0])
    headers = [pair for pair in envelope.headers() if pair[0] != "ce_source"]
    with pytest.raises(CloudEventValidationError):
        read_with_sdk(headers, envelope.subject.encode(), envelope.value())


def test_a_header_that_stands_twice_is_refused() -> None:
    envelope = said(CATALOGUE[0])
    with pytest.raises(ValueError, match="twice"):
        read_with_sdk([*envelope.headers(), ("ce_id", b"another")], None, envelope.value())
