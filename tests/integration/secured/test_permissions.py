"""Every service against every topic and group, as a broker answers: its own work is allowed, the rest is refused."""

import pytest

from deploy.embedded.testing import EmbeddedServers
from shared.events.catalogue import SERVICES, topics
from shared.events.permissions import STATISTICS_GROUP, permissions_of
from tests.integration.secured.answers import asking

pytestmark = [pytest.mark.servers, pytest.mark.timeout(120), pytest.mark.xdist_group("secured kafka")]

GROUPS = (*SERVICES, STATISTICS_GROUP)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_writes_and_reads_its_topics_and_is_refused_at_every_other(
    servers: EmbeddedServers, service: str
) -> None:
    """Breaks when an entry is missing, when one is given for all topics, or when no authorizer is set."""
    permissions = permissions_of(service)
    async with asking(servers.kafka_settings(service)) as user:
        assert await user.may_write(topics()) == set(permissions.writes)
        assert await user.may_read(topics()) == set(permissions.reads)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_joins_its_group_and_is_refused_at_every_other(servers: EmbeddedServers, service: str) -> None:
    """Breaks when a service could take another's partitions, or move its bookmarks."""
    permissions = permissions_of(service)
    async with asking(servers.kafka_settings(service)) as user:
        assert await user.may_join(GROUPS) == set(permissions.joins)
        assert await user.may_look_at(GROUPS) == {*permissions.joins, *permissions.watches}
