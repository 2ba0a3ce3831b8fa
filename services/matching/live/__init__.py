"""What lives beside matching's roles: the offers in memory, and the rounds at work."""

from services.matching.live.offers import offers_in_memory
from services.matching.live.rounds import rounds_at_work

__all__ = ["offers_in_memory", "rounds_at_work"]
