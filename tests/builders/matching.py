"""Applications, offers and people as matching meets them: any two suit each other unless a test says otherwise."""

from datetime import date
from typing import Any
from uuid import UUID

from services.matching.engine.values import Candidate, Days, Place, Request
from services.matching.rules.proposals import Proposal, ProposalState
from services.matching.rules.searches import Search, SearchState
from shared.events.base import LanguageSkill, OrganisationFacts, Window
from shared.events.intake import ApplicationValidated, OfferPublished, OrganisationRegistered
from shared.primitives.actor import Actor
from shared.primitives.ids import new_id
from shared.primitives.terms import Level, Mode, OrganisationKind, Position, Role

# A Monday in May to a Friday in June, as both sides have it.
EARLIEST, LATEST = date(2026, 5, 18), date(2026, 6, 12)


def a_request(**changes: Any) -> Request:
    """A town in Ghana that asks for an expert on sanitation."""
    facts: dict[str, Any] = {
        "application_id": new_id(),
        "organisation_id": new_id(),
        "place": Place("GH", 80_000, 1, "002", "011"),
        "themes": frozenset({"sanitation"}),
        "sdgs": frozenset({6}),
        "dac": frozenset({"14032"}),
        "mode": Mode.EXPERT_MISSION,
        "window": Days(EARLIEST, LATEST),
        "participants": 40,
        "position": Position.ENGINEER,
        "languages": {"en": Level.C1},
        "interpretation": False,
        "same_country": False,
    }
    return Request(**(facts | changes))


def a_candidate(**changes: Any) -> Candidate:
    """An engineer of a town in the Netherlands who knows sanitation."""
    facts: dict[str, Any] = {
        "offer_id": new_id(),
        "organisation_id": new_id(),
        "member_id": new_id(),
        "place": Place("NL", 90_000, 3, "150", "155"),
        "active": True,
        "answers": None,
        "themes": frozenset({"sanitation"}),
        "sdgs": frozenset({6}),
        "dac": frozenset({"14032"}),
        "modes": (Mode.EXPERT_MISSION, Mode.STUDY_VISIT),
        "position": Position.ENGINEER,
        "years_in_role": 12,
        "languages": {"en": Level.C2, "nl": Level.C2},
        "windows": (Days(date(2026, 1, 1), date(2026, 12, 31)),),
        "days_a_year": 20,
        "capacity": 2,
    }
    return Candidate(**(facts | changes))


def an_organisation(country: str = "GH", **changes: Any) -> OrganisationFacts:
    """The facts of a municipality with an association."""
    facts: dict[str, Any] = {
        "organisation_id": new_id(),
        "kind": OrganisationKind.MUNICIPALITY,
        "country": country,
        "seat": 2294962,
        "population": 80_000,
        "association_id": new_id(),
    }
    return OrganisationFacts(**(facts | changes))


def an_association(country: str, *languages: str, **changes: Any) -> OrganisationRegistered:
    """The news of an association of local governments."""
    facts: dict[str, Any] = {
        "organisation_id": new_id(),
        "kind": OrganisationKind.ASSOCIATION,
        "name": "Association of municipalities",
        "country": country,
        "seat": 2759794,
        "languages": languages,
    }
    return OrganisationRegistered(**(facts | changes))


def an_application(**changes: Any) -> ApplicationValidated:
    """A validated application for an expert mission on sanitation."""
    facts: dict[str, Any] = {
        "application_id": new_id(),
        "reference": "CN-2026-0001",
        "title": "A sanitation strategy for the whole town",
        "title_language": "en",
        "organisation": an_organisation(),
        "themes": ("sanitation",),
        "sdgs": (6,),
        "dac": ("14032",),
        "mode": Mode.EXPERT_MISSION,
        "earliest": EARLIEST,
        "latest": LATEST,
        "participants": 40,
        "position": Position.ENGINEER,
        "languages": (LanguageSkill(language="en", level=Level.C1),),
        "interpretation": False,
        "online_acceptable": True,
        "same_country": False,
        "rules_version": "1",
        "validated_on": date(2026, 3, 2),
    }
    return ApplicationValidated(**(facts | changes))


def an_offer(**changes: Any) -> OfferPublished:
    """A standing offer of expertise in sanitation, with room for one exchange."""
    facts: dict[str, Any] = {
        "offer_id": new_id(),
        "organisation": an_organisation("NL"),
        "member_id": new_id(),
        "title": "Sewerage step by step",
        "title_language": "en",
        "themes": ("sanitation",),
        "sdgs": (6,),
        "dac": ("14032",),
        "modes": (Mode.EXPERT_MISSION, Mode.STUDY_VISIT),
        "position": Position.ENGINEER,
        "years_in_role": 12,
        "result_year": 2024,
        "languages": (LanguageSkill(language="en", level=Level.C2),),
        "windows": (Window(first=date(2026, 1, 1), last=date(2027, 12, 31)),),
        "capacity": 1,
        "days_a_year": 20,
    }
    return OfferPublished(**(facts | changes))


def a_proposal(**changes: Any) -> Proposal:
    """A published proposal."""
    facts: dict[str, Any] = {
        "proposal_id": new_id(),
        "application_id": new_id(),
        "offer_id": new_id(),
        "requester_id": new_id(),
        "offerer_id": new_id(),
        "member_id": new_id(),
        "state": ProposalState.PUBLISHED,
        "search": 1,
        "rank": 1,
        "score": 80.0,
        "contributions": (),
        "mode": Mode.EXPERT_MISSION,
        "days": Days(date(2026, 5, 18), date(2026, 5, 22)),
        "respond_by": date(2026, 3, 16),
        "proposed_at": None,
    }
    return Proposal(**(facts | changes))


def a_search(state: SearchState = SearchState.NO_MATCH, **changes: Any) -> Search:
    """A search in some state."""
    facts: dict[str, Any] = {"application": an_application(), "state": state, "policy": 1}
    return Search(**(facts | changes))


def somebody_of(organisation_id: UUID, *roles: Role) -> Actor:
    """A person of an organisation, an applicant unless other roles are given."""
    return Actor(
        f"of {organisation_id}", frozenset(roles) or frozenset({Role.APPLICANT}), organisation_id=organisation_id
    )


COORDINATOR = Actor("coordinator", frozenset({Role.COORDINATOR}))
