"""What a process tells its operators: log lines, metrics and traces, each declared and explained once.

Nothing here knows Kafka, PostgreSQL or HTTP; the rooms that do call it. Identities (case, event, organisation ids)
may be told, payloads never.
"""
