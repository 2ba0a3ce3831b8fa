"""Modes, proposals, surveys and practices in words."""

from collections.abc import Mapping

from services.portal.rules.parts import PracticeState, ProposalState, Reminder, SurveyState
from shared.events.evaluation import SurveyKind
from shared.primitives.terms import Mode
from shared.wording.speech import Speech
from shared.wording.tongue import mark as _

_MODES: Mapping[Mode, str] = {
    Mode.EXPERT_MISSION: _("Expert mission"),
    Mode.INTERNSHIP: _("Internship"),
    Mode.ROUND_TABLE: _("Round table"),
    Mode.STUDY_VISIT: _("Study visit"),
}

_PROPOSALS: Mapping[ProposalState, str] = {
    ProposalState.OPEN: _("Waits for an answer"),
    ProposalState.CONFIRMED: _("Confirmed"),
    ProposalState.DECLINED: _("Declined"),
    ProposalState.EXPIRED: _("Expired"),
    ProposalState.SUPERSEDED: _("No longer open"),
}

_SURVEYS: Mapping[SurveyKind, str] = {
    SurveyKind.BEFORE: _("Before the exchange"),
    SurveyKind.PULSE: _("During the exchange"),
    SurveyKind.AFTER: _("After the exchange"),
}

_SURVEY_STATES: Mapping[SurveyState, str] = {
    SurveyState.OPEN: _("Open"),
    SurveyState.ANSWERED: _("Answered"),
    SurveyState.WAIVED: _("Not needed"),
}

_PRACTICES: Mapping[PracticeState, str] = {
    PracticeState.DRAFTED: _("Being checked by the association"),
    PracticeState.RETURNED: _("Being revised"),
    PracticeState.PUBLISHED: _("Published"),
}


def mode_name(speech: Speech, mode: Mode | None) -> str:
    """The name of a mode."""
    return speech.say(_MODES[mode]) if mode else speech.say("To be advised")


def proposal_state(speech: Speech, state: ProposalState) -> str:
    """What became of a proposal."""
    return speech.say(_PROPOSALS[state])


def reminder_text(speech: Speech, reminder: Reminder) -> str:
    """How much time was left when somebody was reminded; with its day, since a page can be read later."""
    return speech.say_many(
        "Reminder of %(day)s: %(number)s working day left",
        "Reminder of %(day)s: %(number)s working days left",
        reminder.days_left,
        day=speech.day(reminder.on),
    )


def survey_kind(speech: Speech, kind: SurveyKind | None) -> str:
    """When a survey is asked."""
    return speech.say(_SURVEYS[kind]) if kind else speech.say("Survey")


def survey_state(speech: Speech, state: SurveyState) -> str:
    """What became of a survey."""
    return speech.say(_SURVEY_STATES[state])


def practice_state(speech: Speech, state: PracticeState) -> str:
    """How far a practice is."""
    return speech.say(_PRACTICES[state])
