"""A member's name in its group, and what happens when two processes use one.

The broker gives a name to whoever joined last. It tells the member before only that it does not know it any more, as
after a session that has expired; a member that then simply joins again takes the name back, the other one does the
same, and they go on so many times a second. So whoever has lost its place asks first who has its name now.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from shared.primitives.waiting import wait_for
from shared.streaming.settings import PATIENT_BYTES, KafkaSettings

ASK_EVERY = 1.0
FETCH_WAIT = 0.5  # seconds after which Kafka answers that there is nothing
UUID_LENGTH = 36
# Bytes that Kafka's client holds in advance: for each partition, and in one answer. A service that hears eleven topics
# has 132 partitions; by the client's own limits a slow one would hold 132 MB of them. A larger message comes alone.
PARTITION_BUFFER, FETCH_BUFFER = 256 * 1024, 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Name:
    """Who a process is in its group. Without an `instance_id` it has no name, and nobody can take it away.

    `patience`: how many seconds a message may wait at Kafka for others to come with.
    """

    settings: KafkaSettings
    group: str
    instance_id: str | None
    topics: Sequence[str]
    patience: float = 0.0

    def __str__(self) -> str:
        return (
            f"another process is called {self.instance_id} in the group {self.group}: give each process a "
            "CONNECT_GROUP_INSTANCE_ID of its own, or none; this one waits until the other has gone"
        )

    @property
    def full(self) -> str | None:
        """What the group is told: another name for other topics.

        A static member that comes back under its old name is given its old partitions, whatever it subscribes to now
        (KAFKA-12759), so a release that reacts to one more topic would never hear it.
        """
        if self.instance_id is None:
            return None
        return f"{self.instance_id}-{hashlib.sha256(' '.join(sorted(self.topics)).encode()).hexdigest()[:8]}"

    def client(self, session: float, poll_within: float) -> AIOKafkaConsumer:
        """A client with this name, not started yet, that commits nothing by itself. The times are in seconds."""
        return AIOKafkaConsumer(
            **self.settings.client_options(),
            group_id=self.group,
            group_instance_id=self.full,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            isolation_level="read_committed",
            session_timeout_ms=int(session * 1000),
            heartbeat_interval_ms=int(session * 100),
            max_poll_interval_ms=int(poll_within * 1000),
            max_partition_fetch_bytes=PARTITION_BUFFER,
            fetch_max_bytes=FETCH_BUFFER,
            fetch_min_bytes=PATIENT_BYTES if self.patience else 1,
            fetch_max_wait_ms=int((self.patience or FETCH_WAIT) * 1000),
        )

    async def is_taken(self, mine: str) -> bool:
        """Whether another member has the name now; `mine` is the last id that the group gave us."""
        if self.full is None:
            return False
        try:
            return await self._holder() not in (None, mine)
        except (KafkaError, OSError):
            return False  # whoever can't ask can't join

    async def until_free(self, mine: str, stopping: asyncio.Event) -> None:
        """Wait until nobody else has the name: the other has ended and its session with the group has expired."""
        while await self.is_taken(mine) and not await wait_for(stopping, ASK_EVERY):
            pass

    async def _holder(self) -> str | None:
        admin = AIOKafkaAdminClient(**self.settings.client_options())
        await admin.start()
        try:
            (answer,) = await admin.describe_consumer_groups([self.group])
        finally:
            await admin.close()
        # The broker makes a static member's id of its name, a hyphen and a UUID.
        ids = [str(member[0]) for described in answer.groups for member in described[5]]
        return next((one for one in ids if one[: -UUID_LENGTH - 1] == self.full), None)
