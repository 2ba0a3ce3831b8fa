"""The closed lists of words that services share: modes, kinds of organisation, roles, language levels."""

from enum import StrEnum


class Mode(StrEnum):
    """How an exchange is held."""

    EXPERT_MISSION = "expert-mission"
    INTERNSHIP = "internship"
    ROUND_TABLE = "round-table"
    STUDY_VISIT = "study-visit"


class OrganisationKind(StrEnum):
    """What an organisation is. A private body can apply, and is then refused with a reason."""

    MUNICIPALITY = "municipality"
    REGION = "region"
    ASSOCIATION = "association"
    OTHER = "other"


class Role(StrEnum):
    """What somebody may act as. An account can hold several."""

    APPLICANT = "applicant"
    EXPERT = "expert"
    REVIEWER = "reviewer"
    COORDINATOR = "coordinator"
    ASSOCIATION = "association"
    READER = "reader"
    OPERATOR = "operator"
    SERVICE = "service"


class Position(StrEnum):
    """What somebody does at an organisation, coarse enough to say nothing about the person."""

    MAYOR = "mayor"
    COUNCILLOR = "councillor"
    CHIEF_EXECUTIVE = "chief-executive"
    HEAD_OF_DEPARTMENT = "head-of-department"
    POLICY_OFFICER = "policy-officer"
    ENGINEER = "engineer"
    PLANNER = "planner"
    FINANCE_OFFICER = "finance-officer"
    COMMUNICATION_OFFICER = "communication-officer"
    SOCIAL_OFFICER = "social-officer"
    ECONOMIC_DEVELOPMENT_OFFICER = "economic-development-officer"
    ENVIRONMENT_OFFICER = "environment-officer"
    CULTURE_OFFICER = "culture-officer"
    EDUCATION_OFFICER = "education-officer"
    HEALTH_OFFICER = "health-officer"
    HUMAN_RESOURCES_OFFICER = "human-resources-officer"
    IT_OFFICER = "it-officer"
    LEGAL_OFFICER = "legal-officer"
    EMERGENCY_OFFICER = "emergency-officer"
    ASSOCIATION_STAFF = "association-staff"
    OTHER = "other"


class Side(StrEnum):
    """The two parties of a proposal."""

    REQUESTER = "requester"
    OFFERER = "offerer"


class Level(StrEnum):
    """Levels of the Common European Framework of Reference for Languages, in ascending order."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"

    @property
    def rank(self) -> int:
        """0 for A1 to 5 for C2."""
        return list(Level).index(self)

    def at_least(self, other: "Level") -> bool:
        """Whether this level is `other` or better."""
        return self.rank >= other.rank
