"""Events as Kafka messages: what is written can be read back, and nothing else can."""

import json
import traceback
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.events.catalogue import ANY_SERVICE, CATALOGUE, SERVICES, Entry, entry_of
from shared.events.envelope import Envelope, Unreadable, open_envelope, peek, wrap
from shared.events.exchange import ExchangeScheduled
from shared.events.matching import MatchProposed
from shared.events.schemas.golden import example
from tests.unit.events.arbitrary_events import arbitrary

EVERY_EVENT = pytest.mark.parametrize("entry", CATALOGUE, ids=lambda entry: entry.event.__name__)
EVENT_ID = UUID("015bb6ee-0001-7000-8000-000000000001")
CASE = UUID("015bb6c0-0001-7000-8000-000000000001")
NOON = datetime(2017, 5, 15, 12, tzinfo=UTC)
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
SCHEDULED = entry_of(ExchangeScheduled)
SECRET = "Maria Invented, +31 20 000 0000"

moments = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]))


def a_message(entry: Entry = SCHEDULED, **payload: Any) -> tuple[dict[str, str], bytes]:
    """Headers and value of a good message."""
    data = example(entry)
    said = wrap(
        entry.event.model_validate(data),
        event_id=EVENT_ID,
        service="matching",
        time=NOON,
        sequence=3,
        case_id=CASE,
        traceparent=TRACE,
    )
    return dict(peek(said.headers())), json.dumps({**data, **payload}).encode()


@EVERY_EVENT
@settings(max_examples=20, derandomize=True)
@given(data=st.data())
def test_every_event_comes_out_of_a_message_as_it_went_in(entry: Entry, data: st.DataObject) -> None:
    said = wrap(
        data.draw(arbitrary(entry)),
        event_id=data.draw(st.uuids()),
        service=data.draw(st.sampled_from(SERVICES)),
        time=data.draw(moments),
        sequence=data.draw(st.integers(1, 2**63 - 1)),
        case_id=data.draw(st.none() | st.uuids()),
        traceparent=data.draw(st.none() | st.just(TRACE)),
    )
    assert open_envelope(peek(said.headers()), said.value()) == said


@EVERY_EVENT
def test_source_and_subject_say_who_speaks_about_what(entry: Entry) -> None:
    headers, _ = a_message(entry)
    speaker = "matching" if entry.producer == ANY_SERVICE else entry.producer
    assert headers["ce_source"] == f"/connect/{speaker}"
    assert headers["ce_subject"] == example(entry)[entry.key]


def test_a_fact_outside_a_case_has_no_case_and_may_be_untraced() -> None:
    data = SCHEDULED.event.model_validate(example(SCHEDULED))
    said = wrap(data, event_id=EVENT_ID, service="exchange", time=NOON, sequence=1, case_id=None, traceparent=None)
    headers = peek(said.headers())
    assert not {"ce_caseid", "ce_traceparent"} & headers.keys()
    assert open_envelope(headers, said.value()).case_id is None


def test_a_field_of_a_later_release_is_ignored() -> None:
    headers, value = a_message(added_later={"anything": 1})
    assert open_envelope(headers, value).data == open_envelope(*a_message()).data


def test_a_header_of_a_later_release_is_ignored() -> None:
    headers, value = a_message()
    assert open_envelope({**headers, "ce_addedlater": "x"}, value) == open_envelope(headers, value)


def unreadable(headers: dict[str, str], value: bytes | None) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        open_envelope(headers, value)
    assert caught.value.detail
    return caught.value


@pytest.mark.parametrize(
    "name", ["ce_specversion", "ce_id", "ce_type", "ce_source", "ce_subject", "ce_time", "ce_subjectsequence"]
)
def test_a_missing_header_is_named(name: str) -> None:
    headers, value = a_message()
    del headers[name]
    error = unreadable(headers, value)
    assert error.reason == "unreadable"
    assert name in error.detail


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ce_id", ""),
        ("ce_id", "7"),
        ("ce_id", "015bb6ee-0001-7000-8000-00000000000x"),
        ("ce_time", ""),
        ("ce_time", "yesterday"),
        ("ce_time", "2017-05-15"),
        ("ce_time", "2017-05-15T12:00:00"),
        ("ce_time", "2017-13-15T12:00:00Z"),
        ("ce_subjectsequence", ""),
        ("ce_subjectsequence", "first"),
        ("ce_subjectsequence", "0"),
        ("ce_subjectsequence", "-1"),
        ("ce_subjectsequence", "1.5"),
        ("ce_subjectsequence", "1_000"),
        ("ce_subjectsequence", str(2**63)),
        ("ce_caseid", "the case"),
    ],
)
def test_a_malformed_header_is_named_without_its_value(name: str, text: str) -> None:
    headers, value = a_message()
    error = unreadable({**headers, name: text}, value)
    assert error.reason == "unreadable"
    assert name in error.detail
    assert not text or text not in error.detail


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("ce_type", "connect.exchange.ExchangeScheduled.v2"),
        ("ce_type", "connect.exchange.SomethingNew.v1"),
        ("ce_type", ""),
        ("ce_specversion", "0.3"),
        ("ce_specversion", "2.0"),
    ],
)
def test_another_version_is_told_apart_from_a_broken_message(name: str, text: str) -> None:
    headers, value = a_message()
    assert unreadable({**headers, name: text}, value).reason == "unknown-version"


@pytest.mark.parametrize(
    "value",
    [None, b"", b" ", b"{", b'{"exchange_id":', b"\xff\xfe", b"null", b"[]", b'"text"', b"7", b"[" * 10_000, b"{} {}"],
    ids=lambda value: repr(value)[:20],
)
def test_a_value_that_is_no_json_object_is_unreadable(value: bytes | None) -> None:
    headers, _ = a_message()
    assert unreadable(headers, value).reason == "unreadable"


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("exchange_id", SECRET),
        ("exchange_id", 7),
        ("first", SECRET),
        ("first", 1494806400),
        ("first", "2017-02-30"),
        ("participants", SECRET),
        ("participants", "40"),
        ("participants", 1.5),
        ("participants", True),
        ("participants", None),
        ("online", "yes"),
        ("online", 1),
        ("online", {"secret": SECRET}),
    ],
)
def test_a_wrong_type_is_named_by_field_without_its_value(field: str, wrong: Any) -> None:
    error = unreadable(*a_message(**{field: wrong}))
    assert error.reason == "unreadable"
    assert field in error.detail
    assert SECRET not in "".join(traceback.format_exception(error))


def test_missing_fields_are_named_five_at_most() -> None:
    headers, _ = a_message()
    detail = unreadable(headers, b"{}").detail
    assert detail.count("Field required") == 5


def test_a_payload_about_another_aggregate_than_the_subject_is_unreadable() -> None:
    error = unreadable(*a_message(exchange_id="015bb6f0-0009-7000-8000-000000000009"))
    assert error.reason == "unreadable"
    assert "exchange_id" in error.detail


@settings(max_examples=200, derandomize=True)
@given(
    headers=st.dictionaries(st.sampled_from([*a_message()[0], "other"]), st.text()),
    value=st.none() | st.binary() | st.text().map(str.encode),
)
def test_whatever_arrives_is_opened_or_unreadable(headers: dict[str, str], value: bytes | None) -> None:
    good, _ = a_message()
    for candidate in (headers, {**good, **headers}):
        with suppress(Unreadable):
            assert isinstance(open_envelope(candidate, value), Envelope)


def test_peeking_survives_bytes_that_are_no_text_and_headers_without_a_value() -> None:
    broken: Any = [("ce_id", b"\xff"), ("ce_type", None)]
    assert peek(broken)["ce_type"] == ""


@pytest.mark.parametrize("score", [float("nan"), float("inf")])
def test_a_number_that_json_can_not_hold_is_refused_where_the_event_is_made(score: float) -> None:
    with pytest.raises(ValidationError, match="finite"):
        MatchProposed.model_validate({**example(entry_of(MatchProposed)), "score": score})
