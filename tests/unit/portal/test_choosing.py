"""Suggestions that their reader overrules: the rules of a choice, and what the help shows of it."""

from itertools import combinations

import pytest

from services.portal.pages.speech import speech
from services.portal.pages.views.choosing import Chooser, Group, Tick, chooser, outcome_of, taken
from services.portal.pages.views.themes import EMPTY, Sent, Step, themes_view
from services.portal.pages.words import choosing as words
from services.portal.pages.words.choosing import Outcome
from services.portal.rules.choice import Choice, Suggestion, Suggestions, after, choice, free_places
from services.portal.rules.need import Fault, Need, faults_of
from services.portal.rules.parts import Application
from services.portal.rules.topics import CODES, Kind, topics_of
from shared.wording.speech import LANGUAGES


def suggested(*codes: str, confidence: float = 0.9, because: tuple[str, ...] = ()) -> tuple[Suggestion, ...]:
    return tuple(Suggestion(code, confidence, because) for code in codes)


def found(*themes: Suggestion, language: str | None = "en") -> Suggestions:
    return Suggestions(language, {Kind.THEME: themes, Kind.GOAL: (), Kind.PURPOSE: ()})


def choices(*ticked: str) -> dict[Kind, Choice]:
    return {kind: choice(kind, ticked if kind is Kind.THEME else ()) for kind in Kind}


def themes_of(shown: Chooser) -> Group:
    return shown.groups[0]


def ticked(shown: Chooser) -> list[str]:
    return [each.code for each in themes_of(shown).ticks if each.ticked]


def test_what_is_suggested_first_comes_ticked() -> None:
    made = after(choice(Kind.THEME, ()), suggested("waste", "water"))
    assert (made.ticked, made.suggested) == (("waste", "water"), ("waste", "water"))


def test_what_was_unticked_stays_so_when_it_is_suggested_again_and_also_after_another_text() -> None:
    first = suggested("waste", "water")
    unticked = choice(Kind.THEME, ("waste",), ("waste", "water"))
    assert after(unticked, first).ticked == ("waste",)
    between = after(unticked, suggested("housing"))
    assert after(choice(Kind.THEME, between.ticked, between.suggested), first).ticked == ("waste", "housing")


def test_a_new_suggestion_is_ticked_only_while_there_is_room() -> None:
    made = after(choice(Kind.THEME, ("peace", "food"), ()), suggested("waste", "water"))
    assert made.ticked == ("peace", "food", "waste")
    full = after(choice(Kind.THEME, ("peace", "food", "health")), suggested("waste"))
    assert (full.ticked, full.suggested) == (("peace", "food", "health"), ("waste",))
    assert after(choice(Kind.THEME, ("a", "b")), suggested("waste"), tick=False).ticked == ()


def test_asking_again_with_the_same_text_never_changes_a_choice() -> None:
    codes = ("waste", "water", "housing", "peace", "food")
    first = suggested("waste", "water", "housing")
    for number in range(4):
        for chosen in combinations(codes, number):
            made = choice(Kind.THEME, chosen, ("waste", "water", "housing"))
            assert after(made, first) == made


def test_more_than_three_and_what_is_in_no_list_are_faults() -> None:
    four = choice(Kind.GOAL, ("1", "2", "3", "4"))
    assert (four.ticked, four.fault) == (("1", "2", "3", "4"), Fault.MANY_CHOSEN)
    strange = choice(Kind.PURPOSE, ("14050", "99999", "<b>"))
    assert (strange.ticked, strange.fault) == (("14050",), Fault.NOT_IN_THE_LIST)
    twice = choice(Kind.THEME, ("waste", "waste", "water", "food"), ("nonsense",))
    assert (twice.ticked, twice.suggested, twice.fault) == (("waste", "water", "food"), (), None)


def test_a_code_that_only_a_newer_matching_knows_is_not_offered() -> None:
    new = suggested("space-travel", "waste")
    made = after(choice(Kind.THEME, ()), new)
    assert (made.ticked, made.suggested) == (("waste",), ("waste",))
    shown = chooser(speech("en"), {**choices(), Kind.THEME: made}, Outcome.FOUND, found(*new))
    assert [each.code for each in themes_of(shown).ticks] == ["waste"]


def test_there_are_lists_for_every_free_place_and_always_one() -> None:
    assert [free_places(choice(Kind.GOAL, codes)) for codes in ((), ("1",), ("1", "2", "3"), "1234")] == [3, 2, 1, 1]


def test_suggestions_come_first_then_what_was_chosen_besides_and_lists_have_the_rest() -> None:
    made = choices("peace", "waste")
    shown = chooser(speech("en"), made, Outcome.FOUND, found(*suggested("water", "waste")))
    group = themes_of(shown)
    assert [(each.code, each.ticked, bool(each.sure)) for each in group.ticks] == [
        ("water", False, True),
        ("waste", True, True),
        ("peace", True, False),
    ]
    listed = [code for code, _ in group.more]
    assert {*listed, "water", "waste", "peace"} == set(CODES[Kind.THEME])
    assert len(listed) == len(CODES[Kind.THEME]) - 3
    assert [name for _, name in group.more][:2] == ["Administration and services", "Budget and finance"]


def test_a_suggestion_says_how_sure_it_is_and_which_words_led_to_it() -> None:
    because = ("household waste", "Waste", "Landfill", "landfill", "recycling", "compost", "skips")
    (tick,) = themes_of(
        chooser(speech("en"), choices(), Outcome.FOUND, found(*suggested("waste", because=because)))
    ).ticks
    assert tick == Tick(
        key="themes-waste",
        code="waste",
        name="Waste and recycling",
        ticked=False,
        sure="Very likely",
        tone="well",
        because=("household waste", "Landfill", "recycling", "compost"),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_confidences_have_words_of_their_own(language: str) -> None:
    spoken = speech(language)
    said = [words.how_sure(spoken, confidence)[0] for confidence in (1.0, 0.8, 0.79, 0.6, 0.59, 0.4)]
    assert (said[0], said[2], said[4]) == (said[1], said[3], said[5])
    assert len(set(said)) == 3


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_outcome_and_fault_is_said_in_full(language: str) -> None:
    spoken, need = speech(language), Need("t" * 101, "word " * 301)
    texts = [words.outcome_text(spoken, outcome) for outcome in Outcome]
    texts += [words.need_fault(spoken, fault, need) for fault in Fault]
    texts += [words.choice_fault(spoken, fault, choice(kind, ())) for fault in Fault for kind in Kind]
    assert all(text.endswith(".") and "%(" not in text for text in (*texts, words.too_large(spoken)))
    assert len({words.outcome_text(spoken, outcome) for outcome in Outcome}) == len(Outcome)


def test_where_a_kind_has_no_suggestion_it_says_so_only_if_somebody_asked() -> None:
    asked = chooser(speech("en"), choices(), Outcome.FOUND, found(*suggested("waste")))
    assert [group.none for group in asked.groups] == ["", "No goal is suggested.", "No code is suggested."]
    by_hand = chooser(speech("en"), choices(), Outcome.BY_HAND)
    assert [group.none for group in by_hand.groups] == ["", "", ""]


def test_why_nothing_was_found_is_what_the_writer_can_mend() -> None:
    long = Need(challenge="one two three four five six seven eight nine")
    assert outcome_of(Need("help"), found(language=None)) == Outcome.SHORT
    assert outcome_of(long, found(language=None)) == Outcome.NO_LANGUAGE
    assert outcome_of(long, found(language="en")) == Outcome.NOTHING
    assert outcome_of(Need("Waste"), found(*suggested("waste"))) == Outcome.FOUND


def test_words_are_counted_as_the_application_form_counts_them() -> None:
    assert list(faults_of(Need("t" * 100, "word\n" * 300))) == []
    assert list(faults_of(Need("t" * 101, "word " * 301))) == [Fault.LONG_TITLE, Fault.MANY_WORDS]
    assert list(faults_of(Need(challenge="w" * 6001, language="xx"))) == [Fault.MANY_CHARACTERS, Fault.UNKNOWN_LANGUAGE]


def test_the_faults_of_a_text_stand_in_the_summary_and_beside_their_fields() -> None:
    sent = Sent(Step.SUGGEST, Need("t" * 101, "word " * 301, "xx"), EMPTY.choices)
    view = themes_view(speech("en"), sent, tuple(faults_of(sent.need)))
    assert dict(view.problems) == view.faults
    assert view.faults["title"] == "The title has 101 characters. Shorten it to 100 at most."
    assert view.faults["challenge"] == "The challenge has 301 words. Shorten it to 300 at most."
    assert list(view.faults) == ["title", "challenge", "language"]
    assert view.challenge == sent.need.challenge


def test_the_fault_of_a_choice_leads_to_the_first_control_of_its_group() -> None:
    faults = {Kind.THEME: Fault.MANY_CHOSEN, Kind.GOAL: Fault.NOT_IN_THE_LIST}
    shown = chooser(speech("fr"), choices("waste", "water", "food", "peace"), Outcome.BY_HAND, None, faults)
    view = themes_view(speech("fr"), EMPTY, (), shown)
    assert [key for key, _ in view.problems] == ["themes-waste", "sdgs-more-1"]
    assert view.problems[0][1].startswith("Vous avez choisi 4 thèmes.")
    assert [group.fault for group in shown.groups][2] == ""


def test_what_is_taken_along_has_names_and_codes() -> None:
    made = [choice(Kind.THEME, ("waste",)), choice(Kind.GOAL, ("6", "11")), choice(Kind.PURPOSE, ("14050",))]
    assert [each.terms for each in taken(speech("es"), made)] == [
        (("waste", "Residuos y reciclaje"),),
        (("ODS 6", "Agua limpia y saneamiento"), ("ODS 11", "Ciudades y comunidades sostenibles")),
        (("CAD 14050", "Gestión y eliminación de residuos"),),
    ]
    assert taken(speech("es"), [choice(Kind.GOAL, ())]) == ()


def test_the_language_of_a_text_is_what_its_writer_says_else_what_it_was_read_in() -> None:
    said = Sent(Step.USE, Need(language="nl"), EMPTY.choices, read_as="en")
    assert (said.language, Sent(Step.USE, Need(), EMPTY.choices, read_as="en").language) == ("nl", "en")
    assert themes_view(speech("en"), Sent(Step.USE, Need(language="xx"), EMPTY.choices)).lang is None


def test_an_application_is_about_its_themes_goals_and_codes() -> None:
    application = Application(themes=("waste",), sdgs=(11, 12), dac=("14050",))
    assert topics_of(application) == ("theme:waste", "sdg:11", "sdg:12", "dac:14050")
    assert topics_of(Application()) == ()


def test_a_choice_from_one_vocabulary_is_in_no_other() -> None:
    assert not choice(Kind.GOAL, ("18", "0", "waste")).ticked
    assert ticked(chooser(speech("en"), choices("14050"), Outcome.BY_HAND)) == []
