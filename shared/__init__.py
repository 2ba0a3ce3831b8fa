"""What every service stands on: ids and clocks, events, vocabularies, telemetry, PostgreSQL, Kafka and HTTP."""
