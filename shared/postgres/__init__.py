"""PostgreSQL: the pool, the unit of work, the inbox, the outbox, idempotency keys and migrations."""
