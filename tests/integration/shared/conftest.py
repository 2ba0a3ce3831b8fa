"""What tests of the shared rooms are given."""

import pytest

from shared.streaming.settings import KafkaSettings
from tests.conftest import OpenDatabase
from tests.integration.shared.hearing import Hearing


@pytest.fixture
async def hearing(open_database: OpenDatabase, kafka: KafkaSettings) -> Hearing:
    database = await open_database("shared")
    await database.pool.execute(
        "CREATE TABLE heard (position bigint GENERATED ALWAYS AS IDENTITY, application_id uuid, sequence integer)"
    )
    return Hearing(database, kafka)
