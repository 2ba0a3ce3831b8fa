"""A real Kafka and a real PostgreSQL as child processes of this machine, from pinned packages."""
