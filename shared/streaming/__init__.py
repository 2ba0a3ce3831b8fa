"""Kafka: the consumer with one transaction a batch, the relay, dead letters with parked keys, lag and topics."""
