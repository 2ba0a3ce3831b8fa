"""What pages say: complete in every language, and sensible for codes that this release does not know."""

import pytest

from services.portal.pages.speech import speech
from services.portal.pages.words import states, terms
from services.portal.pages.words.events import Teller
from services.portal.pages.words.names import Names
from services.portal.queries import Organisation
from services.portal.rules.heard import Fact, parts_of
from services.portal.rules.parts import Parts
from services.portal.rules.states import Milestone, Stage, State
from services.portal.rules.summary import NextStep, Party, Step, summarise
from shared.events.evaluation import AlertRaised
from shared.primitives.ids import new_id
from shared.primitives.terms import Mode, Side
from shared.wording.speech import LANGUAGES
from tests.builders.portal import Story


def heard(story: Story) -> list[Fact]:
    return [
        Fact(place, event.id, event.entry.topic, event.subject, event.sequence, event.time, event.data)
        for place, event in enumerate(story.events)
        if event.case_id
    ]


def names(language: str, story: Story) -> Names:
    towns = (story.requester, story.offerer, story.association)
    known = {town.id: Organisation(town.id, town.kind, town.name, town.country, town.seat) for town in towns}
    return Names(speech(language), known, story.requester.id, story.offerer.id, story.association.id)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_journey_is_told_without_a_gap(language: str) -> None:
    story = (
        Story().whole().reminded(*Side, days_left=1).booking_refused().no_match().relaxed().candidates_found().called()
    )
    teller = Teller(names(language, story), parts_of(heard(story)))
    for fact in heard(story):
        told = teller.tell(fact.event)
        assert told is not None
        assert told[0].endswith(".")
        assert "%(" not in told[0]
        assert told[0][0].isupper()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        (
            "en",
            "A reminder to answer the proposal of Granollers was sent to Zipaquirá: 5 working days are left.",
        ),
        (
            "es",
            "Se envió a Zipaquirá un recordatorio para responder a la propuesta de Granollers: quedan 5 días hábiles.",
        ),
        (
            "fr",
            "Rappel envoyé à Zipaquirá : il reste 5 jours ouvrables pour répondre à la proposition (Granollers).",
        ),
    ],
)
def test_a_reminder_names_who_is_silent_and_the_days_that_are_left(language: str, said: str) -> None:
    story = Story().submitted().validated().proposed().reminded(Side.REQUESTER, days_left=5)
    teller = Teller(names(language, story), parts_of(heard(story)))
    assert teller.tell(heard(story)[-1].event) == (said, Party.CONNECT)


def test_what_is_not_for_the_public_is_not_told() -> None:
    ids = {"survey_id": new_id(), "exchange_id": new_id(), "application_id": new_id()}
    teller = Teller(names("en", Story()), Parts())
    assert teller.tell(AlertRaised(**ids, item="usefulness", value=1)) is None


def test_the_peer_s_doings_are_shown_as_the_peer_s() -> None:
    story = Story().whole()
    teller = Teller(names("es", story), parts_of(heard(story)))
    told = dict(filter(None, (teller.tell(fact.event) for fact in heard(story))))
    assert told["Granollers aceptó la propuesta."] == Party.OFFERER
    assert told["Zipaquirá aceptó la propuesta."] == Party.REQUESTER


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_stage_and_step_has_its_words(language: str) -> None:
    spoken, of_case = speech(language), names(language, Story())
    parts = parts_of(heard(Story().submitted().validated().proposed()))
    for state in State:
        assert states.tag(spoken, state)[0]
        assert states.state_sentence(of_case, parts, state).endswith(".")
    for step in Step:
        assert states.step_name(spoken, NextStep(step, ()))
    for party in Party:
        assert of_case.role(party)
    assert len({states.stage_name(spoken, stage) for stage in Stage}) == len(Stage)
    assert len({states.milestone_name(spoken, milestone) for milestone in Milestone}) == len(Milestone)
    assert len({terms.mode_name(spoken, mode) for mode in (*Mode, None)}) == len(Mode) + 1


def test_a_case_without_names_is_told_all_the_same() -> None:
    story = Story().submitted()
    nameless = Names(speech("en"), {}, story.requester.id)
    parts = parts_of(heard(story))
    said = states.state_sentence(nameless, parts, summarise(parts).state)
    assert said == "The applicant has asked for know-how. The application is being checked."


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_speak_with_their_own_texts_and_the_shared_ones(language: str) -> None:
    say = {"en": ("Cases", "Knowledge"), "es": ("Casos", "Conocimiento"), "fr": ("Dossiers", "Connaissances")}
    assert (speech(language).say("Cases"), speech(language).say("Knowledge")) == say[language]
