"""What every service stands on: ids, clocks, events, vocabularies, wording, telemetry, PostgreSQL, Kafka and HTTP."""
