"""What can be read. Only operators may; everybody else is refused."""

from services.monitor.queries.cases import find_cases, recent_cases, stuck_cases, timeline
from services.monitor.queries.dead_letters import dead_letter, dead_letters, holder
from services.monitor.queries.services import services
from services.monitor.queries.streams import streams

__all__ = [
    "dead_letter",
    "dead_letters",
    "find_cases",
    "holder",
    "recent_cases",
    "services",
    "streams",
    "stuck_cases",
    "timeline",
]
