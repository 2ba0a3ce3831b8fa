"""What lives beside matching's roles: the offers in memory, the rounds at work, the work on vectors of titles."""

from services.matching.live.offers import offers_in_memory
from services.matching.live.rounds import rounds_at_work
from services.matching.live.titles import titles_embedded

__all__ = ["offers_in_memory", "rounds_at_work", "titles_embedded"]
