"""Which application an offer answers, and which offers answer an application."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID


class Answering:
    """Both ways, for the offers that were made in answer to an application."""

    def __init__(self, applications: Mapping[UUID, UUID]) -> None:
        self._applications: dict[UUID, UUID] = {}
        self._offers: defaultdict[UUID, set[UUID]] = defaultdict(set)
        for offer_id, application_id in applications.items():
            self.put(offer_id, application_id)

    @property
    def applications(self) -> Mapping[UUID, UUID]:
        """The application that each of these offers answers."""
        return self._applications

    def offers(self, application_id: UUID) -> Collection[UUID]:
        """The offers that answer an application."""
        return self._offers.get(application_id, ())

    def put(self, offer_id: UUID, application_id: UUID | None) -> None:
        """Say which application an offer answers from now on; None for a standing offer."""
        before = self._applications.pop(offer_id, None)
        if before is not None:
            self._offers[before].discard(offer_id)
            if not self._offers[before]:
                del self._offers[before]
        if application_id is not None:
            self._applications[offer_id] = application_id
            self._offers[application_id].add(offer_id)
