"""What lies on the topics after a journey is understood by a stranger: the CloudEvents SDK reads every message."""

import pytest

from shared.events.catalogue import entry_of_type
from tests.contracts.cloudevents_reading import payload_with_sdk, read_with_sdk
from tests.e2e.journey.test_journey import journey
from tests.e2e.services import RunningServices
from tests.e2e.topics import messages_on

pytestmark = [pytest.mark.servers, pytest.mark.timeout(420), pytest.mark.xdist_group("running services")]


def test_the_sdk_reads_every_message_of_a_journey(running_services: RunningServices) -> None:
    case = journey(running_services, "expert-mission")["case_id"]
    seen = set()
    for message in messages_on(running_services):
        attributes = read_with_sdk(message.headers, message.key, message.value)
        entry = entry_of_type(attributes["type"])
        assert entry is not None
        assert (attributes["specversion"], entry.topic) == ("1.0", message.topic)
        assert (
            attributes["subject"]
            == attributes["partitionkey"]
            == payload_with_sdk(message.headers, message.key, message.value)[entry.key]
        )
        if attributes.get("caseid") == case:
            seen.add(message.topic)
    of_a_case = {"intake.applications", "matching.proposals", "exchange.exchanges", "evaluation.surveys",
                 "evaluation.actions", "evaluation.practices"}  # fmt: skip
    assert of_a_case <= seen
