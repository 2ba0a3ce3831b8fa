"""How far each consumer group is behind its topics.

Relies on: offsets that are committed behind the effects and never before, so what is counted as done is done; they are
asked for after the ends, so a lag is rather too small than below zero.
"""

from collections import defaultdict
from collections.abc import Iterable

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.events.catalogue import PARTITIONS, heard_by
from shared.streaming.settings import KafkaSettings

Lags = dict[str, dict[str, int]]


async def group_lags(settings: KafkaSettings, groups: Iterable[str]) -> Lags:
    """For each group (a service's name) and each topic that it hears: events not committed yet.

    A partition without a committed offset counts from its beginning. Raises KafkaError or OSError if Kafka is away.
    """
    wanted = {group: sorted({entry.topic for entry in heard_by(group)}) for group in groups}
    admin = AIOKafkaAdminClient(**settings.client_options())
    reader = AIOKafkaConsumer(**settings.client_options())
    await admin.start()
    try:
        await reader.start()
        try:
            places = [
                TopicPartition(topic, number)
                for topic in sorted({topic for names in wanted.values() for topic in names})
                for number in range(PARTITIONS)
            ]
            ends = await reader.end_offsets(places)
            beginnings = await reader.beginning_offsets(places)
            committed = {group: await admin.list_consumer_group_offsets(group) for group in wanted}
        finally:
            await reader.stop()
    finally:
        await admin.close()
    lags: Lags = {group: defaultdict(int) for group in wanted}
    for group, names in wanted.items():
        for place in places:
            if place.topic in names:
                done = committed[group].get(place)
                reached = done.offset if done and done.offset >= 0 else beginnings[place]
                lags[group][place.topic] += max(0, ends[place] - reached)
    return {group: dict(by_topic) for group, by_topic in lags.items()}
