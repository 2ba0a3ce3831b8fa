"""Which events this service acts on, and how."""

from services.exchange import use_cases
from shared.events.evaluation import ActionAgreed, EvaluationSubmitted, SurveyWaived
from shared.events.intake import MemberRegistered, OrganisationRegistered
from shared.events.matching import MatchConfirmed, MatchSuperseded
from shared.streaming.reactions import Reactions

REACTIONS: Reactions = {
    OrganisationRegistered: use_cases.note_organisation,
    MemberRegistered: use_cases.note_member,
    MatchConfirmed: use_cases.plan_exchange,
    MatchSuperseded: use_cases.undo_match,
    EvaluationSubmitted: use_cases.note_evaluation,
    SurveyWaived: use_cases.note_waiver,
    ActionAgreed: use_cases.note_action,
}
