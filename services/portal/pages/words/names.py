"""What organisations are called on a page, also while their names have not arrived yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.portal.queries import Organisation
from services.portal.rules.summary import Party
from shared.wording.speech import Speech


@dataclass(frozen=True, slots=True)
class Names:
    """Calls organisations by their names in one case."""

    speech: Speech
    known: Mapping[UUID, Organisation]
    requester_id: UUID | None = None
    offerer_id: UUID | None = None
    association_id: UUID | None = None

    def of(self, organisation_id: UUID | None) -> str:
        """The name, or words that hold its place."""
        return self._name(organisation_id) or self.speech.say("an organisation")

    @property
    def requester(self) -> str:
        """Who asks."""
        return self._name(self.requester_id) or self.speech.say("the applicant")

    @property
    def offerer(self) -> str:
        """Who offers."""
        return self._name(self.offerer_id) or self.speech.say("the peer")

    def party(self, party: Party) -> str:
        """Who acts: an organisation by its name, anybody else by the part that they play."""
        ids = {
            Party.REQUESTER: self.requester_id,
            Party.OFFERER: self.offerer_id,
            Party.ASSOCIATION: self.association_id,
        }
        return self._name(ids.get(party)) or self.role(party)

    def _name(self, organisation_id: UUID | None) -> str | None:
        organisation = self.known.get(organisation_id) if organisation_id else None
        return organisation.name if organisation else None

    def role(self, party: Party) -> str:
        """The part that somebody plays."""
        say = self.speech.say
        return {
            Party.CONNECT: say("CONNECT"),
            Party.REQUESTER: say("the applicant"),
            Party.OFFERER: say("the peer"),
            Party.REVIEWERS: say("the reviewers"),
            Party.COORDINATOR: say("the coordinator"),
            Party.ASSOCIATION: say("the association"),
            Party.ASSOCIATIONS: say("associations of local governments"),
        }[party]
