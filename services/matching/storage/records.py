"""Track records of experts."""

from uuid import UUID

from shared.postgres.pool import Connection


async def count_completed(connection: Connection, member_id: UUID) -> None:
    """One more exchange was completed with this expert."""
    await connection.execute(
        """
        INSERT INTO track_records AS t (member_id, completed) VALUES ($1, 1)
        ON CONFLICT (member_id) DO UPDATE SET completed = t.completed + 1
        """,
        member_id,
    )


async def count_cancelled(connection: Connection, member_id: UUID) -> None:
    """One more exchange with this expert was cancelled, whosever fault it was."""
    await connection.execute(
        """
        INSERT INTO track_records AS t (member_id, cancelled) VALUES ($1, 1)
        ON CONFLICT (member_id) DO UPDATE SET cancelled = t.cancelled + 1
        """,
        member_id,
    )


async def add_rating(connection: Connection, member_id: UUID, rating: float) -> None:
    """One more survey rated an exchange with this expert, from 1 to 5."""
    await connection.execute(
        """
        INSERT INTO track_records AS t (member_id, ratings, rating_total) VALUES ($1, 1, $2)
        ON CONFLICT (member_id) DO UPDATE SET ratings = t.ratings + 1, rating_total = t.rating_total + $2
        """,
        member_id,
        rating,
    )
