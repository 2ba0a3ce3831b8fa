"""How far scheduled tasks have looked."""

from datetime import timedelta

from shared.postgres.pool import Connection


async def since_last(connection: Connection, task: str) -> timedelta:
    """How long before this transaction the last look of the task began; nothing if it never looked."""
    since: timedelta | None = await connection.fetchval("SELECT now() - looked_at FROM marks WHERE task = $1", task)
    return since or timedelta()


async def looked(connection: Connection, task: str) -> None:
    """Note that this transaction looked at everything."""
    await connection.execute(
        """
        INSERT INTO marks (task, looked_at) VALUES ($1, now())
        ON CONFLICT (task) DO UPDATE SET looked_at = excluded.looked_at
        """,
        task,
    )
