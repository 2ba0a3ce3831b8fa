"""Statistics of the streams, counted by Faust in memory; losing them is harmless.

Business facts never come this way: an exception in a Faust agent would commit past the event that caused it, so
everything exact goes through the consumer and the inbox instead.
"""

from services.monitor.streams.worker import statistics

__all__ = ["statistics"]
