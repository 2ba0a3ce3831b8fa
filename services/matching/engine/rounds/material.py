"""A round as it is sent to another process: half a million pairs as three arrays and not as so many objects."""

from array import array
from dataclasses import dataclass, field
from itertools import starmap
from uuid import UUID

from services.matching.engine.rounds.values import OpenApplication, OpenOffer, Pairing, Round


@dataclass(slots=True)
class Pairs:
    """Pairs as they are found; applications and offers are numbered in the order in which they are first named."""

    applications: dict[UUID, int] = field(default_factory=dict)
    offers: dict[UUID, int] = field(default_factory=dict)
    application: "array[int]" = field(default_factory=lambda: array("i"))
    offer: "array[int]" = field(default_factory=lambda: array("i"))
    score: "array[int]" = field(default_factory=lambda: array("i"))

    def add(self, application_id: UUID, offer_id: UUID, score: int) -> None:
        """One more pair with its score in hundredths of a point."""
        self.application.append(self.applications.setdefault(application_id, len(self.applications)))
        self.offer.append(self.offers.setdefault(offer_id, len(self.offers)))
        self.score.append(score)


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that competes."""

    applications: tuple[OpenApplication, ...]
    offers: tuple[OpenOffer, ...]
    pairs: Pairs

    def round(self) -> Round:
        """The same as a round; pairs whose offer is not among the offers are left out: it went away meanwhile."""
        there = {one.offer_id for one in self.offers}
        asking, given = list(self.pairs.applications), list(self.pairs.offers)
        named = ((asking[one], given[other], score) for one, other, score in self._rows())
        return Round(self.applications, self.offers, [one for one in starmap(Pairing, named) if one.offer_id in there])

    def _rows(self) -> "zip[tuple[int, int, int]]":
        return zip(self.pairs.application, self.pairs.offer, self.pairs.score, strict=True)
