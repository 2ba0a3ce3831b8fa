"""What pages say: complete in every language, and sensible for codes that this release does not know."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from services.portal import translations
from services.portal.pages import speech as speaking
from services.portal.pages.speech import LANGUAGES, preferred, speech
from services.portal.pages.words import reasons, states, terms
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


def test_codes_of_reasons_become_words_and_unknown_ones_keep_their_letters() -> None:
    said = {code: reasons.reason(speech("en"), code) for code in ("theme:waste", "language:fr", "days:1", "years:7")}
    assert said == {
        "theme:waste": "Waste and recycling",
        "language:fr": "French",
        "days:1": "1 common day",
        "years:7": "7 years in the role",
    }
    assert reasons.reason(speech("en"), "rating:4.6") == "rated 4.6 of 5"
    assert reasons.reason(speech("es"), "rating:4.6") == "valoración de 4,6 sobre 5"
    for odd in ("brand-new:some-thing", "theme:unheard-of", "sdg:99", "sdg:x", "years:x", "rating:x", "dac:1", "", ":"):
        assert isinstance(reasons.reason(speech("fr"), odd), str)
    assert reasons.filter_name(speech("en"), "brand-new") == "brand new"
    assert reasons.factor_name(speech("en"), "brand-new") == "brand new"


def test_days_and_times_are_said_as_each_language_does() -> None:
    first, last = date(2026, 9, 7), date(2026, 9, 11)
    assert [speech(language).days(first, last) for language in LANGUAGES] == [
        "7–11 September 2026",
        "7–11 de septiembre de 2026",
        "7–11 septembre 2026",
    ]
    assert speech("en").days(first, first) == "7 September 2026"
    assert speech("fr").moment(datetime(2026, 3, 2, 9, 5, tzinfo=UTC)) == "2 mars 2026, 09:05 UTC"
    assert speech("es").number(1234567.25) == "1.234.567,2"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("es-CO,es;q=0.9,en;q=0.8", "es"),
        ("de, fr;q=0.7, en;q=0.3", "fr"),
        ("fr;q=0, es;q=0.1", "es"),
        ("en;q=0.5, es;q=0.5", "en"),
        ("es;q=high, fr;q=0.2", "fr"),
        (";;;,,q=", "en"),
    ],
)
def test_the_browser_s_wishes_choose_the_language(header: str | None, language: str) -> None:
    assert preferred(header) == language


def test_the_catalogues_are_complete() -> None:
    assert {language: list(translations.check(language)) for language in translations.LANGUAGES} == {"es": [], "fr": []}


@pytest.mark.parametrize(
    ("original", "broken", "fault"),
    [
        ('msgstr "Casos"', 'msgstr ""', "'Cases' is not translated"),
        ('msgid "Cases"', '#, fuzzy\nmsgid "Cases"', "'Cases' has a doubtful (fuzzy) translation"),
        ('msgid "Cases"', 'msgid "Cases of old"', "'Cases of old' is no longer used"),
        ("hasta el %(day)s", "hasta el %(dia)s", "'by %(day)s' has other places in its translation"),
        ("hasta el %(day)s", "hasta entonces", "'by %(day)s' has other places in its translation"),
    ],
)
def test_a_fault_in_a_catalogue_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, original: str, broken: str, fault: str
) -> None:
    catalogue = (speaking.LOCALES / "es" / "LC_MESSAGES" / "portal.po").read_text()
    assert original in catalogue
    copy = tmp_path / "es" / "LC_MESSAGES" / "portal.po"
    copy.parent.mkdir(parents=True)
    copy.write_text(catalogue.replace(original, broken))
    monkeypatch.setattr(translations, "LOCALES", tmp_path)
    assert any(found.startswith(fault) for found in translations.check("es"))


def test_a_catalogue_that_is_missing_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "locale").mkdir()
    monkeypatch.setattr(translations, "PORTAL", tmp_path)
    monkeypatch.setattr(translations, "LOCALES", tmp_path / "locale")
    assert "is missing" in next(iter(translations.check("es")))
