"""What each service may do on Kafka, worked out from the catalogue. What is not listed here is refused.

A right to read or write a topic includes the right to ask where it lies. An idempotent producer needs no right of its
own since Kafka 2.8, so no service has any right on the cluster.
"""

from dataclasses import dataclass
from typing import Literal

from shared.events.catalogue import ANY_SERVICE, CATALOGUE, SERVICES, heard_by

# The monitor's Faust worker counts in a group of its own, so that it can lose its place without losing an effect.
STATISTICS_GROUP = "monitor-statistics"
FURTHER_GROUPS = {"monitor": (STATISTICS_GROUP,)}
WATCHES_ALL_GROUPS = ("monitor",)  # it shows how far each service is behind

Operation = Literal["read", "write", "describe"]


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One entry in the list of rights that a Kafka keeps: an operation on a topic or a group of exactly this name."""

    kind: Literal["topic", "group"]
    name: str
    operation: Operation


@dataclass(frozen=True, slots=True)
class Permissions:
    """Of one service: topics that it writes and reads, groups that it joins, groups whose progress it looks at."""

    service: str
    writes: tuple[str, ...]
    reads: tuple[str, ...]
    joins: tuple[str, ...]
    watches: tuple[str, ...] = ()

    def rights(self) -> frozenset[Right]:
        """The same as single entries."""
        return frozenset(
            {
                *(Right("topic", name, "write") for name in self.writes),
                *(Right("topic", name, "read") for name in self.reads),
                *(Right("group", name, "read") for name in self.joins),
                *(Right("group", name, "describe") for name in self.watches),
            }
        )


def permissions_of(service: str) -> Permissions:
    """A service writes its own topics and the dead letters, reads what it hears, and joins its own group."""
    owners = (service, ANY_SERVICE)
    return Permissions(
        service,
        writes=tuple(dict.fromkeys(entry.topic for entry in CATALOGUE if entry.producer in owners)),
        reads=tuple(dict.fromkeys(entry.topic for entry in heard_by(service))),
        joins=(service, *FURTHER_GROUPS.get(service, ())),
        watches=tuple(other for other in SERVICES if other != service) if service in WATCHES_ALL_GROUPS else (),
    )


def all_permissions() -> tuple[Permissions, ...]:
    """Those of every service, in the catalogue's order."""
    return tuple(permissions_of(service) for service in SERVICES)
