"""Every line is one JSON object that says who wrote it, for which case and trace, and tells no payload."""

import asyncio
import io
import logging
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import pytest
from asyncpg.exceptions import UniqueViolationError
from pydantic import BaseModel, ValidationError

from shared.primitives.terms import Mode
from shared.telemetry.logging import bound, configure_logging, get_logger
from shared.telemetry.tracing import span


class Output(Protocol):
    """What the fixture of that name gives: a process's standard output, read line by line."""

    def configure(self, service: str, role: str, level: str) -> None: ...
    def lines(self) -> list[dict[str, Any]]: ...


CASE = "0198c0de-0000-7000-8000-000000000001"
log = get_logger("services.intake.use_cases")


class Contact(BaseModel):
    email: str
    years: int


def test_a_line_says_when_who_and_what(output: Output) -> None:
    log.info("application checked", problems=2)

    (line,) = output.lines()
    written = datetime.fromisoformat(str(line.pop("time")))
    assert written.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - written) < timedelta(seconds=30)
    assert line == {
        "level": "info",
        "service": "intake",
        "role": "http",
        "event": "application checked",
        "logger": "services.intake.use_cases",
        "problems": 2,
    }


def test_a_library_writes_the_same_kind_of_line(output: Output) -> None:
    with bound(case_id=CASE):
        logging.getLogger("aiokafka.consumer").warning("left the group %s", "intake")

    (line,) = output.lines()
    assert line["event"] == "left the group intake"
    assert (line["service"], line["logger"], line["case_id"]) == ("intake", "aiokafka.consumer", CASE)


@pytest.mark.parametrize("name", ["uvicorn", "uvicorn.error", "faust", "mode"])
def test_handlers_that_a_library_brought_are_replaced(name: str, output: Output) -> None:
    elsewhere = io.StringIO()
    logging.getLogger(name).handlers = [logging.StreamHandler(elsewhere)]
    logging.getLogger(name).propagate = False

    output.configure("portal", "http", "info")
    logging.getLogger(name).warning("started")

    assert [line["service"] for line in output.lines()] == ["portal"]
    assert elsewhere.getvalue() == ""


@pytest.mark.parametrize("name", ["uvicorn.access", "httpx"])
def test_addresses_of_requests_are_not_logged(name: str, output: Output) -> None:
    logging.getLogger(name).info("GET /search?q=a+name 200")

    assert output.lines() == []


def test_lines_inside_bound_carry_its_fields_and_lines_after_it_do_not(output: Output) -> None:
    with bound(case_id=CASE, attempt=1):
        with bound(attempt=2):
            log.info("inner")
        log.info("outer")
    log.info("after")

    inner, outer, after = output.lines()
    assert (inner["case_id"], inner["attempt"]) == (CASE, 2)
    assert (outer["case_id"], outer["attempt"]) == (CASE, 1)
    assert "case_id" not in after
    assert "attempt" not in after


def test_an_inner_bound_without_a_case_keeps_the_outer_one(output: Output) -> None:
    with bound(case_id=CASE), bound(case_id=None, step="inner"):
        log.info("inside")

    assert output.lines()[0]["case_id"] == CASE


def test_two_cases_at_once_do_not_mix(output: Output) -> None:
    async def work(case_id: str, mine: asyncio.Event, other: asyncio.Event) -> None:
        with bound(case_id=case_id):
            mine.set()
            await other.wait()
            log.info("worked", expected=case_id)

    async def both() -> None:
        first, second = asyncio.Event(), asyncio.Event()
        await asyncio.gather(work("case-1", first, second), work("case-2", second, first))

    asyncio.run(both())

    written = output.lines()
    assert len(written) == 2
    assert all(line["case_id"] == line["expected"] for line in written)


def test_a_line_inside_a_span_carries_the_ids_of_the_trace(output: Output, traced: None) -> None:
    parent = "00-" + "a1" * 16 + "-" + "b2" * 8 + "-01"
    with span("validate", parent):
        log.info("inside")
        logging.getLogger("aiokafka").warning("inside too")
    log.info("outside")

    ours, theirs, outside = output.lines()
    assert ours["trace_id"] == theirs["trace_id"] == "a1" * 16
    assert ours["span_id"] == theirs["span_id"] != "b2" * 8
    assert "trace_id" not in outside


def test_a_payload_is_replaced_by_its_type(output: Output) -> None:
    contact = Contact(email="someone@example.org", years=3)
    log.info("stored", contact=contact, body={"email": "someone@example.org"}, raw=b"someone@example.org")

    (line,) = output.lines()
    assert (line["contact"], line["body"], line["raw"]) == ("<Contact>", "<dict>", "<bytes>")


def test_plain_values_and_short_lists_of_them_are_kept(output: Output) -> None:
    organisation = UUID("0198c0de-0000-7000-8000-000000000002")
    log.info("kept", organisation=organisation, mode=Mode.ROUND_TABLE, took=timedelta(seconds=2), ids=("a", "b"))
    log.info("cut", text="x" * 10_000, many=list(range(1000)), huge=2**80)

    kept, cut = output.lines()
    assert (kept["organisation"], kept["mode"], kept["took"]) == (str(organisation), "round-table", 2.0)
    assert kept["ids"] == ["a", "b"]
    assert len(str(cut["text"])) == 500
    assert cut["many"] == list(range(20))
    assert cut["huge"] == "<int>"


def test_a_field_cannot_forge_who_wrote_the_line(output: Output) -> None:
    with bound(service="monitor", level="critical"):
        log.info("written")

    (line,) = output.lines()
    assert (line["service"], line["level"]) == ("intake", "info")


def test_an_exception_is_told_with_its_cause_and_its_place(output: Output) -> None:
    try:
        try:
            raise KeyError("missing")
        except KeyError as missing:
            raise RuntimeError("the offer could not be indexed") from missing
    except RuntimeError:
        log.exception("failed")

    (line,) = output.lines()
    assert line["level"] == "error"
    raised, cause = line["exception"]
    assert (raised["type"], raised["message"]) == ("RuntimeError", "the offer could not be indexed")
    assert cause["type"] == "KeyError"
    assert "test_log_lines.py" in cause["frames"][-1]


def test_every_member_of_an_exception_group_is_told(output: Output) -> None:
    try:
        raise ExceptionGroup("two roles failed", [ValueError("one"), OSError("two")])
    except ExceptionGroup:
        logging.getLogger("asyncio").exception("failed")

    told = output.lines()[0]["exception"]
    assert [entry["type"] for entry in told] == ["ExceptionGroup", "ValueError", "OSError"]


def test_an_exception_does_not_tell_the_data_that_it_quotes(output: Output) -> None:
    database = UniqueViolationError('duplicate key value violates unique constraint "members_email_key"')
    database.detail = "Key (email)=(someone@example.org) already exists."
    with pytest.raises(ValidationError) as refused:
        Contact.model_validate({"email": "someone@example.org", "years": "someone@example.org"})
    others = [
        ValueError("invalid input for query argument $1: 'someone@example.org' (expected int, got str)"),
        ValueError('invalid input syntax for type uuid: "someone@example.org"'),
    ]
    for error in (database, refused.value, *others):
        log.error("failed", exc_info=error)
        log.error("failed", reason=error)
        logging.getLogger("uvicorn.error").error("failed: %s", error)

    written = output.lines()
    assert len(written) == 12
    assert not [line for line in written if "someone" in str(line)]
    assert "members_email_key" in str(written[0]["exception"])


def test_debug_is_for_our_own_lines_only(output: Output) -> None:
    output.configure("intake", "http", "debug")
    log.debug("ours")
    logging.getLogger("aiokafka").debug("theirs")
    output.configure("intake", "http", "warning")
    log.info("ours at info")

    assert [line["event"] for line in output.lines()] == ["ours"]


def test_a_kafka_client_that_repeats_itself_is_heard_once_in_half_a_minute(output: Output) -> None:
    def say(name: str, text: str, at: float) -> None:
        record = logging.LogRecord(name, logging.ERROR, __file__, 1, text, (), None)
        record.created = at
        logging.getLogger(name).handle(record)

    for at in (1000.0, 1000.1, 1029.0, 1031.0):
        say("aiokafka.conn", "connection refused", at)
        say("services.intake", "not ready", at)
    say("aiokafka.conn", "something else", 1031.1)

    said = Counter((line["logger"], line["event"]) for line in output.lines())
    assert said == {
        ("aiokafka.conn", "connection refused"): 2,
        ("aiokafka.conn", "something else"): 1,
        ("services.intake", "not ready"): 4,
    }


def test_an_unknown_level_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"'loud'.*debug, info"):
        configure_logging("intake", "http", "loud")


def test_an_uncaught_exception_is_a_line_too() -> None:
    program = (
        "from shared.telemetry.logging import configure_logging\n"
        "configure_logging('intake', 'relay', 'info')\n"
        "raise RuntimeError('no database')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert '"event":"uncaught exception"' in done.stdout
    assert '"message":"no database"' in done.stdout
    assert "Traceback" not in done.stderr
