"""What it means to announce a fact in two versions, and to hear it in one of them or both."""

from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from shared.events.envelope import Unreadable, open_envelope, peek, wrap
from shared.events.intake import ApplicationRejected, ApplicationWithdrawn
from shared.postgres import outbox
from tests.conftest import OpenDatabase
from tests.upgrade.releases import ApplicationWithdrawnV2, knowing_both

FIRST, SECOND = "connect.intake.ApplicationWithdrawn.v1", "connect.intake.ApplicationWithdrawn.v2"


@pytest.fixture
def _both() -> Iterator[None]:
    with knowing_both():
        yield


@pytest.mark.servers
@pytest.mark.usefixtures("_both")
async def test_versions_of_one_fact_share_its_id_and_its_number(open_database: OpenDatabase) -> None:
    """Breaks when a version counts as an event of its own: whoever knows one of them would see gaps."""
    database, one = await open_database("shared"), uuid4()
    first = ApplicationWithdrawn(application_id=one, reason="no-budget")
    second = ApplicationWithdrawnV2(application_id=one, reasons=("no-budget",))
    async with database.unit_of_work() as work:
        fact = work.announce(second, first, case=one)
        work.announce(ApplicationRejected(application_id=one, codes=()), case=one)
    async with database.reading() as connection:
        told = [row.attributes for row in await outbox.oldest(connection, 10)]
    assert [row["ce_type"].rsplit(".", 2)[1:] for row in told] == [
        ["ApplicationWithdrawn", "v2"],
        ["ApplicationWithdrawn", "v1"],
        ["ApplicationRejected", "v1"],
    ]
    assert [row["ce_subjectsequence"] for row in told] == ["1", "1", "2"]
    assert [row["ce_id"] == str(fact) for row in told] == [True, True, False]
    assert [row.get("ce_alsotype") for row in told] == [FIRST, SECOND, None]


@pytest.mark.servers
@pytest.mark.usefixtures("_both")
@pytest.mark.parametrize("other", ["another aggregate", "another fact", "the same version"])
async def test_what_is_not_another_version_of_the_fact_is_refused(open_database: OpenDatabase, other: str) -> None:
    """Breaks when anything can be announced under one id: a reader would take one event and drop the other."""
    database, one = await open_database("shared"), uuid4()
    second = {
        "another aggregate": ApplicationWithdrawn(application_id=uuid4(), reason="no-budget"),
        "another fact": ApplicationRejected(application_id=one, codes=()),
        "the same version": ApplicationWithdrawnV2(application_id=one, reasons=("no-time",)),
    }[other]
    async with database.unit_of_work() as work:
        with pytest.raises(ValueError, match="versions of one fact"):
            work.announce(ApplicationWithdrawnV2(application_id=one, reasons=("no-budget",)), second, case=one)
        assert work.announced == []


@pytest.mark.parametrize(
    ("also", "reason"),
    [((FIRST,), "told-otherwise"), ((), "unknown-version"), (("connect.intake.Unheard.v1",), "unknown-version")],
)
def test_an_unknown_version_is_not_needed_only_if_a_known_one_is_told_too(also: tuple[str, ...], reason: str) -> None:
    """Breaks when an unknown version is passed over whose fact comes in no version that this release can read."""
    one = uuid4()
    with knowing_both():
        said = wrap(
            ApplicationWithdrawnV2(application_id=one, reasons=("no-budget",)),
            event_id=uuid4(),
            service="intake",
            time=datetime(2026, 3, 2, tzinfo=UTC),
            sequence=1,
            case_id=one,
            traceparent=None,
            also=also,
        )
        assert open_envelope(peek(said.headers()), said.value()) == said
    with pytest.raises(Unreadable) as error:
        open_envelope(peek(said.headers()), said.value())
    assert error.value.reason == reason
