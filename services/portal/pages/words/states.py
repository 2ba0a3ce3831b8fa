"""States, stages and next steps in words."""

from collections.abc import Mapping
from enum import StrEnum

from services.portal.pages.words.names import Names
from services.portal.rules.parts import Parts
from services.portal.rules.states import Milestone, Stage, State
from services.portal.rules.summary import NextStep, Step, current_exchange, furthest_of, open_proposals
from shared.primitives.terms import Side
from shared.wording.speech import Speech, sentence
from shared.wording.tongue import mark as _


class Tone(StrEnum):
    """How a state is to be seen at a glance; each has a shape of its own besides its colour."""

    WAITING = "waiting"
    WORKING = "working"
    WELL = "well"
    ATTENTION = "attention"
    STOPPED = "stopped"


_TAGS: Mapping[State, tuple[str, Tone]] = {
    State.HEARD_OF: (_("Arriving"), Tone.WAITING),
    State.SUBMITTED: (_("Being checked"), Tone.WAITING),
    State.INFORMATION_REQUESTED: (_("Information needed"), Tone.ATTENTION),
    State.IN_REVIEW: (_("In review"), Tone.WAITING),
    State.SEARCHING: (_("Searching"), Tone.WORKING),
    State.PROPOSED: (_("Peers proposed"), Tone.WORKING),
    State.NO_MATCH: (_("No match yet"), Tone.ATTENTION),
    State.CALL_OPEN: (_("Call for offers"), Tone.ATTENTION),
    State.MATCHED: (_("Matched"), Tone.WELL),
    State.PLANNED: (_("Planned"), Tone.WORKING),
    State.AGREED: (_("Agreed"), Tone.WORKING),
    State.PREPARING: (_("In preparation"), Tone.WORKING),
    State.READY: (_("Ready"), Tone.WELL),
    State.POSTPONED: (_("Postponed"), Tone.ATTENTION),
    State.IN_PROGRESS: (_("Taking place"), Tone.WELL),
    State.COMPLETED: (_("Held"), Tone.WELL),
    State.REPORTED: (_("Reported"), Tone.WELL),
    State.FOLLOWING_UP: (_("Put to use"), Tone.WELL),
    State.CLOSED: (_("Closed"), Tone.WELL),
    State.CLOSED_UNMATCHED: (_("Closed without a match"), Tone.STOPPED),
    State.CANCELLED: (_("Cancelled"), Tone.STOPPED),
    State.REJECTED: (_("Not accepted"), Tone.STOPPED),
    State.WITHDRAWN: (_("Withdrawn"), Tone.STOPPED),
}

_STAGES: Mapping[Stage, str] = {
    Stage.ASKING: _("Asking"),
    Stage.SEARCHING: _("Looking for peers"),
    Stage.EXCHANGING: _("Exchanging"),
    Stage.CLOSED: _("Closed"),
    Stage.STOPPED: _("Stopped"),
}

_MILESTONES: Mapping[Milestone, str] = {
    Milestone.ASK: _("Ask"),
    Milestone.VALIDATE: _("Validate"),
    Milestone.SEARCH: _("Find peers"),
    Milestone.EXCHANGE: _("Exchange"),
    Milestone.EVALUATE: _("Evaluate"),
    Milestone.MULTIPLY: _("Multiply"),
}

_SENTENCES: Mapping[State, str] = {
    State.HEARD_OF: _("News of this case has arrived before its application. The application follows."),
    State.SUBMITTED: _("%(requester)s has asked for know-how. The application is being checked."),
    State.INFORMATION_REQUESTED: _("Something is missing in the application. %(requester)s has been told what to add."),
    State.IN_REVIEW: _("The application has passed the automatic checks. Reviewers are reading it."),
    State.SEARCHING: _("The application is accepted. The search for peers is on."),
    State.NO_MATCH: _("No offer fits this request yet."),
    State.CALL_OPEN: _("No offer fits this request yet. Associations of local governments have been asked for one."),
    State.MATCHED: _("%(requester)s and %(offerer)s have agreed to learn from each other."),
    State.PLANNED: _("The exchange between %(requester)s and %(offerer)s is being planned."),
    State.AGREED: _("The terms of the exchange are agreed, and %(association)s takes part."),
    State.PREPARING: _("The days are fixed. Everybody is preparing for the exchange."),
    State.READY: _("Everything is ready for the exchange."),
    State.POSTPONED: _("The exchange has been moved to other days."),
    State.IN_PROGRESS: _("The exchange is taking place."),
    State.COMPLETED: _("The exchange has taken place. What was learned is being written down."),
    State.REPORTED: _("The report is written. Next, it is to become action."),
    State.FOLLOWING_UP: _("What was learned is being put to use."),
    State.CLOSED: _("The exchange is over and has been evaluated."),
    State.CLOSED_UNMATCHED: _("No peer was found this time, and the case is closed."),
    State.CANCELLED: _("The exchange did not take place."),
    State.REJECTED: _("The application was not accepted. It may be mended and sent again."),
    State.WITHDRAWN: _("%(requester)s has withdrawn the application."),
}

_STEPS: Mapping[Step, str] = {
    Step.ARRIVE: _("The application arrives"),
    Step.CHECK: _("Check the application"),
    Step.COMPLETE: _("Add what is missing"),
    Step.REVIEW: _("Review the application"),
    Step.SEARCH: _("Search for peers"),
    Step.ANSWER: _("Accept or decline the proposal"),
    Step.CALL: _("Ask associations for offers"),
    Step.OFFER: _("Find an offer among the members"),
    Step.PLAN: _("Open the planning of the exchange"),
    Step.AGREE: _("Agree on the terms of reference"),
    Step.SCHEDULE: _("Fix the days and the participants"),
    Step.PREPARE: _("Answer the survey before the exchange and finish the checklist"),
    Step.START: _("Begin the exchange"),
    Step.HOLD: _("Hold the exchange"),
    Step.REPORT: _("Write the report and answer the survey after the exchange"),
    Step.COMMIT: _("Decide what to do with what was learned"),
    Step.PUT_TO_USE: _("Do what was decided"),
    Step.CHECK_PRACTICE: _("Check the practice before it is published"),
}


def tag(speech: Speech, state: State) -> tuple[str, Tone]:
    """The short name of a state, and its tone."""
    text, tone = _TAGS[state]
    return speech.say(text), tone


def stage_name(speech: Speech, stage: Stage) -> str:
    """The name of a stage."""
    return speech.say(_STAGES[stage])


def milestone_name(speech: Speech, milestone: Milestone) -> str:
    """The name of a step of the journey."""
    return speech.say(_MILESTONES[milestone])


def step_name(speech: Speech, following: NextStep) -> str:
    """What is to be done next."""
    return speech.say(_STEPS[following.step])


def actors(names: Names, following: NextStep) -> str:
    """Who acts next, by name where there is one."""
    return sentence(names.speech.listing([names.party(party) for party in following.who]))


def state_sentence(names: Names, parts: Parts, state: State) -> str:
    """The current state of a case in one or two sentences."""
    if state == State.PROPOSED:
        return sentence(_proposed(names, parts))
    exchange = current_exchange(parts)
    facts = {
        "requester": names.requester,
        "offerer": names.offerer,
        "association": names.of(exchange.association_id if exchange else None),
    }
    return sentence(names.speech.say(_SENTENCES[state], **facts))


def _proposed(names: Names, parts: Parts) -> str:
    say = names.speech.say
    waiting = open_proposals(parts)
    furthest = furthest_of(waiting)
    peer = names.of(furthest.offerer_id)
    if furthest.accepted == {Side.REQUESTER}:
        return say("%(one)s has accepted. The answer of %(other)s is awaited.", one=names.requester, other=peer)
    if furthest.accepted == {Side.OFFERER}:
        return say("%(one)s has accepted. The answer of %(other)s is awaited.", one=peer, other=names.requester)
    if furthest.accepted:
        return say("Both sides have accepted. The match is being confirmed.")
    return names.speech.say_many(
        "One peer is proposed, and both sides decide.",
        "%(number)s peers are proposed, and both sides decide.",
        len(waiting),
    )
