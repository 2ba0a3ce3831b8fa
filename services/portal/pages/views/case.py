"""One case in full."""

from services.portal.pages.views.common import following_in_words, place_of, title, written
from services.portal.pages.views.proposals import proposal_view
from services.portal.pages.views.shown import CaseView, Entry, Fact, PracticeView, Stop, SurveyRow
from services.portal.pages.words import states, terms
from services.portal.pages.words.events import Teller
from services.portal.pages.words.names import Names
from services.portal.queries import CaseDetail
from services.portal.rules.parts import Application, Exchange, Parts, Practice, Survey, SurveyState
from services.portal.rules.states import Milestone, State
from services.portal.rules.summary import current_exchange
from shared.wording import reasons
from shared.wording.speech import Speech


def case_view(spoken: Speech, case: CaseDetail) -> CaseView:
    """A whole case, in words."""
    parts, summary = case.parts, case.summary
    application, exchange, names = parts.application, current_exchange(parts), _names(spoken, case)
    tag, tone = states.tag(spoken, summary.state)
    nobody = parts.search.nobody and not parts.proposals
    return CaseView(
        key=application.reference or str(case.case_id),
        version=case.version,
        reference=application.reference,
        title=title(spoken, application.title, application.title_language),
        requester=place_of(names, summary.requester_id),
        offerer=place_of(names, summary.offerer_id),
        tag=tag,
        tone=tone,
        sentence=states.state_sentence(names, parts, summary.state),
        following=following_in_words(names, summary.next_step),
        reminder=_reminder(spoken, parts),
        stops=_stops(spoken, summary.milestone, summary.state),
        entries=_entries(names, case),
        facts=_request(spoken, application),
        exchange=_exchange(names, exchange) if exchange else (),
        proposals=tuple(proposal_view(names, case, proposal) for proposal in parts.proposals),
        is_deciding=summary.state == State.PROPOSED,
        left_out=_left_out(spoken, parts) if nobody else (),
        surveys=tuple(_survey(names, survey) for survey in parts.surveys),
        practices=tuple(_practice(spoken, practice) for practice in parts.practices),
    )


def _names(spoken: Speech, case: CaseDetail) -> Names:
    exchange, practice = current_exchange(case.parts), next(iter(case.parts.practices), None)
    association = (exchange.association_id if exchange else None) or (practice.association_id if practice else None)
    return Names(spoken, case.organisations, case.summary.requester_id, case.summary.peer_id, association)


def _stops(spoken: Speech, here: Milestone, state: State) -> tuple[Stop, ...]:
    order = list(Milestone)
    over = state == State.CLOSED

    def place(milestone: Milestone) -> str:
        if over or order.index(milestone) < order.index(here):
            return "done"
        return "here" if milestone == here else "ahead"

    return tuple(Stop(states.milestone_name(spoken, milestone), place(milestone)) for milestone in order)


def _entries(names: Names, case: CaseDetail) -> tuple[Entry, ...]:
    """What happened, the newest first."""
    teller = Teller(names, case.parts)
    told = ((fact, teller.tell(fact.event)) for fact in reversed(case.timeline))
    return tuple(
        Entry(key=str(fact.event_id), time=fact.time, text=said[0], side=said[1], who=names.role(said[1]))
        for fact, said in told
        if said is not None
    )


def _request(spoken: Speech, application: Application) -> tuple[Fact, ...]:
    facts = []
    if application.reference:
        facts.append(Fact(spoken.say("Reference"), application.reference))
        facts.append(Fact(spoken.say("Kind of exchange"), terms.mode_name(spoken, application.mode)))
    if application.earliest and application.latest:
        facts.append(Fact(spoken.say("Wanted between"), spoken.days(application.earliest, application.latest)))
    if application.themes:
        facts.append(Fact(spoken.say("Themes"), spoken.listing([spoken.theme(code) for code in application.themes])))
    if application.sdgs:
        goals = spoken.listing([spoken.goal(number) for number in application.sdgs])
        facts.append(Fact(spoken.say("Sustainable Development Goals"), goals))
    return tuple(facts)


def _exchange(names: Names, exchange: Exchange) -> tuple[Fact, ...]:
    spoken = names.speech
    facts = [Fact(spoken.say("Kind of exchange"), terms.mode_name(spoken, exchange.mode))]
    if exchange.first and exchange.last:
        facts.append(Fact(spoken.say("Days"), spoken.days(exchange.first, exchange.last)))
    where = spoken.say("online") if exchange.online else names.of(exchange.host_id)
    facts.append(Fact(spoken.say("Where"), where))
    if exchange.organisations:
        facts.append(
            Fact(spoken.say("Taking part"), spoken.listing([names.of(each) for each in exchange.organisations]))
        )
    if exchange.association_id:
        facts.append(Fact(spoken.say("Association"), names.of(exchange.association_id)))
    if exchange.participants is not None:
        facts.append(Fact(spoken.say("Participants"), spoken.number(exchange.participants)))
    return tuple(facts)


def _reminder(spoken: Speech, parts: Parts) -> str | None:
    """The reminder that leaves the least time, beside who acts next."""
    unheeded = [each.unheeded for each in parts.proposals if each.unheeded is not None]
    most_urgent = min(unheeded, key=lambda reminder: reminder.days_left, default=None)
    return terms.reminder_text(spoken, most_urgent) if most_urgent else None


def _left_out(spoken: Speech, parts: Parts) -> tuple[tuple[str, str], ...]:
    return tuple(
        (reasons.filter_name(spoken, removed.filter), spoken.number(removed.offers))
        for removed in parts.search.filtered
    )


def _survey(names: Names, survey: Survey) -> SurveyRow:
    spoken = names.speech
    kind, state = terms.survey_kind(spoken, survey.kind), terms.survey_state(spoken, survey.state)
    day = spoken.day(survey.day) if survey.day else None
    due = survey.due if survey.state == SurveyState.OPEN else None
    return SurveyRow(kind, day, names.of(survey.respondent_id), due, state)


def _practice(spoken: Speech, practice: Practice) -> PracticeView:
    name = written(spoken, practice.title, practice.title_language) if practice.title else None
    return PracticeView(name, terms.practice_state(spoken, practice.state), practice.published_on)
