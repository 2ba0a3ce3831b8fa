"""The topics of the catalogue, made once. Their number of partitions is fixed: it decides where a key's events go."""

import asyncio

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from shared.events.catalogue import PARTITIONS, RETENTION_DAYS, topics
from shared.streaming.settings import KafkaSettings


class TopicsError(Exception):
    """The cluster's topics are not as the catalogue needs them. The message says what to do."""


async def ensure_topics(settings: KafkaSettings, *, replication: int = 1) -> list[str]:
    """Create what is missing; returns the names that were created.

    Raises `TopicsError` if a topic has another number of partitions, `KafkaError` or OSError if Kafka can't be reached.
    """
    admin = AIOKafkaAdminClient(**settings.client_options())
    await admin.start()
    try:
        there = await admin.list_topics()
        new = [_topic(name, replication) for name in topics() if name not in there]
        if new:
            await _create(admin, new)
        await _check(admin)
        return [topic.name for topic in new]
    finally:
        await admin.close()


async def missing_topics(settings: KafkaSettings) -> list[str]:
    """The catalogue's topics that the cluster lacks. Raises `KafkaError` or OSError if Kafka can't be reached."""
    admin = AIOKafkaAdminClient(**settings.client_options())
    await admin.start()
    try:
        there = await admin.list_topics()
    finally:
        await admin.close()
    return [name for name in topics() if name not in there]


def ensure_topics_now(settings: KafkaSettings, *, replication: int = 1) -> list[str]:
    """`ensure_topics` for callers that have no event loop."""
    return asyncio.run(ensure_topics(settings, replication=replication))


def _topic(name: str, replication: int) -> NewTopic:
    return NewTopic(
        name=name,
        num_partitions=PARTITIONS,
        replication_factor=replication,
        topic_configs={
            "retention.ms": str(RETENTION_DAYS * 24 * 3600 * 1000),
            "min.insync.replicas": str(max(1, replication - 1)),
        },
    )


async def _create(admin: AIOKafkaAdminClient, new: list[NewTopic]) -> None:
    answer = await admin.create_topics(new)
    for name, code, *message in answer.topic_errors:
        if code and for_code(code) is not TopicAlreadyExistsError:
            raise TopicsError(
                f"the topic {name} can't be created: {message[0] if message else for_code(code).__name__}"
            )


async def _check(admin: AIOKafkaAdminClient) -> None:
    wanted = set(topics())
    for _ in range(50):
        described = await admin.describe_topics(list(wanted))
        found = {topic["topic"]: len(topic["partitions"]) for topic in described if not topic["error_code"]}
        if wanted <= found.keys():
            break
        await asyncio.sleep(0.1)  # a new topic's metadata takes a moment to reach the broker that we ask
    wrong = {name: found.get(name, 0) for name in wanted if found.get(name) != PARTITIONS}
    if wrong:
        places = ", ".join(f"{name} has {number}" for name, number in sorted(wrong.items()))
        raise TopicsError(
            f"every topic needs {PARTITIONS} partitions, but {places}. The number can't be changed without breaking "
            "the order of keys: move the events to new topics, or use another cluster."
        )


# KafkaError too: `connect prepare` tells what failed without knowing Kafka's client, which this room alone knows.
__all__ = ["KafkaError", "TopicsError", "ensure_topics", "ensure_topics_now", "missing_topics"]
