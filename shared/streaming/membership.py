"""A process's place in its consumer group: asked for, kept, lost, and asked for again.

The group gives partitions and takes them away while work is going on; what is in work is finished before they go.
A client that gets no answer is not waited for without an end: a fresh one begins where an operator's first try would.
Nothing here is needed for effects to happen once: a place that is lost in the middle of a batch costs duplicates, which
the inbox knows.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import IllegalStateError, KafkaError

from shared.primitives.readiness import Readiness
from shared.primitives.waiting import ending_within, wait_for
from shared.streaming.bookmark import Bookmark
from shared.streaming.connecting import start
from shared.streaming.member_name import ASK_EVERY, Name
from shared.streaming.refusals import explain
from shared.telemetry.logging import get_logger

log = get_logger(__name__)

PART = "react"
FIRST_KNOCK, KNOCK_EVERY = 0.1, 5.0  # seconds between two tries while Kafka is away: doubled from the first on
ASK_TIMEOUT = 5.0
LEAVE_WITHIN = 2.0  # seconds for the last offsets, and as many for the client's end


@dataclass(slots=True)
class _Place:
    """What is known of one Kafka client's place in the group. Times are those of the loop's clock, 0 for never."""

    kafka: AIOKafkaConsumer
    bookmark: Bookmark
    asked_at: float = 0.0  # when the group was asked for partitions; 0 once it has answered
    silent_since: float = 0.0  # when the first question got no answer, if none since did
    was_answered: bool = False  # by the group
    unreachable: str | None = None
    is_held_back: bool = False


@dataclass(slots=True)
class Membership(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no type hints
    """One member of a group, with one Kafka client at a time.

    Whoever works holds `in_work`: partitions go to others once it is free and what was done is noted. The times are in
    seconds: without a heartbeat until the group takes the member for dead, and between two polls.
    """

    name: Name
    readiness: Readiness
    in_work: asyncio.Lock
    session: float
    poll_within: float
    lag_in_all: int = 0
    _place: _Place | None = None
    _lost: asyncio.Event = field(default_factory=asyncio.Event)  # one for each place: it can't be kept
    _member_id: str = ""  # the last that the group gave us

    @property
    def kafka(self) -> AIOKafkaConsumer:
        """The client of the place that is held now."""
        return self._here.kafka

    @property
    def bookmark(self) -> Bookmark:
        """Where that client notes what is done."""
        return self._here.bookmark

    @property
    def _here(self) -> _Place:
        assert self._place is not None
        return self._place

    async def work(self, task: Callable[[AIOKafkaConsumer], Awaitable[None]], stopping: asyncio.Event) -> None:
        """Do the task as a member, until `stopping` is set; when the place is lost, begin it again with the next."""
        while not stopping.is_set():
            self._lost = asyncio.Event()
            try:
                async with ending_within(0, self._lost):
                    if await self._join(stopping):
                        await task(self.kafka)
                    return
            except TimeoutError:
                if not self._lost.is_set():
                    raise
                self.readiness.not_ready(PART, "the place in the group is lost; another is asked for")
                await _give_up_place(self.kafka)
            except KafkaError as error:  # refused by the group or by a topic: an operator can mend it while we wait
                await self._tell("place in the group lost", error, ASK_EVERY)
            await self.leave()
            await self._stand_by(stopping)

    async def _join(self, stopping: asyncio.Event) -> bool:
        """Join the group; while Kafka is away, keep trying. False if `stopping` was set before."""
        wait = FIRST_KNOCK
        while True:
            try:
                kafka = self.name.client(self.session, self.poll_within)  # reads the certificates' file
                self._place = _Place(kafka, Bookmark(kafka, self.session, self._lost))
                await start(kafka)
                # Not before: then `start` would wait for a place, which others may hold up for minutes, and who is
                # kept waiting would look like a broker that says nothing.
                kafka.subscribe(list(self.name.topics), listener=self)
                self._place.asked_at = _now()
                return True
            except (KafkaError, OSError) as error:
                await self.leave()
                await self._tell("kafka is away", error, wait)
                if await wait_for(stopping, wait):
                    return False
                wait = min(wait * 2, KNOCK_EVERY)

    async def leave(self) -> None:
        """Leave the group. A broker that hangs gets some seconds; it then finds out by the session's end."""
        if self._place is None:
            return
        for step in (self.bookmark.noted, self.kafka.stop):
            try:
                async with asyncio.timeout(LEAVE_WITHIN):
                    await step()
            except TimeoutError:
                log.warning("left the group without the broker's answer", step=step.__name__)
        self._place = None

    async def _stand_by(self, stopping: asyncio.Event) -> None:
        """Wait before joining again, and for as long as another process has our name."""
        await wait_for(stopping, ASK_EVERY)
        if await self.name.is_taken(self._member_id):
            log.error("standing by", reason=str(self.name))
            self.readiness.not_ready(PART, str(self.name))
            await self.name.until_free(self._member_id, stopping)

    async def _tell(self, what: str, error: Exception, wait: float) -> None:
        settings = self.name.settings
        reason = await explain(error, settings, wish="read")
        self.readiness.not_ready(PART, reason)
        log.warning(what, bootstrap=settings.bootstrap, reason=reason, error=error, again_in_seconds=wait)

    def hold_back(self) -> None:
        """Take nothing for now, from partitions that come meanwhile either."""
        self._here.is_held_back = True
        self.kafka.pause(*self.kafka.assignment())

    def go_on(self) -> None:
        """Take messages again."""
        self._here.is_held_back = False
        self.kafka.resume(*self.kafka.assignment())

    def report_idle(self) -> None:
        """Say whether it is well that nothing comes."""
        # An empty answer does not tell an idle topic from a broker that is away; `lag` asks and knows.
        if self._here.unreachable is not None:
            self.readiness.not_ready(PART, self._here.unreachable)
        elif self.kafka.assignment():
            self.readiness.ready(PART, lag=self.lag_in_all)
        else:
            self.readiness.not_ready(PART, "no partitions assigned yet")

    async def lag(self) -> dict[str, int] | None:
        """Events per topic behind this member's position, where it has partitions; None if that can't be told now.

        Asked every few seconds, it is what notices that a client gets no answers any more.
        """
        place = self._place
        if place is None:
            return None
        if place.asked_at and _now() - place.asked_at > self.poll_within + self.session:
            self._give_up("the group has given no place for longer than a rebalance may take")
        return await self._ask_for_lag(place) if place.was_answered else None

    async def _ask_for_lag(self, place: _Place) -> dict[str, int] | None:
        kafka = place.kafka
        if not kafka.assignment():
            self.lag_in_all = 0
            return {}
        try:
            async with asyncio.timeout(ASK_TIMEOUT):
                ends = await kafka.end_offsets(kafka.assignment())
                lags: Counter[str] = Counter()
                for partition, end in ends.items():
                    lags[partition.topic] += max(0, end - await kafka.position(partition))
        except IllegalStateError:
            return None  # a rebalance came between the two questions; the next look is at the new partitions
        except (KafkaError, TimeoutError, OSError) as error:
            if place is self._place:
                self._heard_nothing(place, error)
            return None
        place.unreachable, place.silent_since = None, 0.0
        self.lag_in_all = lags.total()
        return dict(lags)

    def _heard_nothing(self, place: _Place, error: Exception) -> None:
        place.unreachable = f"Kafka does not answer ({type(error).__name__})"
        self.readiness.not_ready(PART, place.unreachable)
        place.silent_since = place.silent_since or _now()
        if _now() - place.silent_since > self.session:
            self._give_up(place.unreachable)

    def _give_up(self, reason: str) -> None:
        # A client asks the brokers that it knows. That they are elsewhere now it learns from none of them, and what a
        # task of its own has died of it does not tell; a new one begins at the addresses that it is given.
        log.warning("beginning anew with another client", reason=reason)
        self._lost.set()

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:
        """Let the work in hand be finished before the partitions go to another member."""
        async with self.in_work:
            await self.bookmark.noted()
        self._here.asked_at = _now()
        log.info("partitions revoked", partitions=len(revoked))
        if self._member_id and not _member_id(self.kafka) and await self.name.is_taken(self._member_id):
            self._lost.set()
            await asyncio.Future()  # for ever: what follows this callback is to join, and to throw the other out

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """A new assignment is not paused, even if the old one was."""
        log.info("partitions assigned", partitions=len(assigned))
        self._member_id = _member_id(self.kafka)
        place = self._here
        place.was_answered, place.unreachable = True, None
        place.asked_at = place.silent_since = 0.0
        if place.is_held_back:
            self.kafka.pause(*assigned)


def _now() -> float:
    return asyncio.get_running_loop().time()


def _member_id(kafka: AIOKafkaConsumer) -> str:
    """What the group calls this member now; empty once the group does not know it any more."""
    return str(kafka._coordinator.member_id)


async def _give_up_place(kafka: AIOKafkaConsumer) -> None:
    """End what the client does about its group, also within a callback that never returns.

    Its own `stop` would wait for that callback, would let it join the group once more, and would ask a group to be let
    go that does not answer.
    """
    coordination = kafka._coordinator._coordination_task
    coordination.cancel()
    await asyncio.wait({coordination})
    kafka._coordinator.reset_generation()
