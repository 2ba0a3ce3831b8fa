"""The lexicon has words for every code, in every language, and finds each of its own terms."""

import pytest

from services.matching.engine.text.files import table
from services.matching.engine.text.finding import terms_in
from services.matching.engine.text.language import SUPPORTED, small_words
from services.matching.engine.text.lexicon import NOTHING, lexicon, terms_of
from services.matching.engine.text.words import words
from shared.vocabulary.dac import PURPOSES
from shared.vocabulary.sdg import GOALS
from shared.vocabulary.themes import THEMES

TOPICS = table("topics")


def terms(language: str, text: str) -> list[str]:
    """The terms of a text as they stand in it."""
    return [text[found.start : found.end] for found in terms_in(words(text), lexicon(language))]


CODES = {
    "themes": {one.code for one in THEMES},
    "sdgs": {str(one.number) for one in GOALS},
    "dac": {one.code for one in PURPOSES},
}


@pytest.mark.parametrize("kind", CODES)
def test_every_code_of_the_vocabulary_is_what_some_topic_is_about_and_no_other_code_is(kind: str) -> None:
    counted = {code: share for topic in TOPICS.values() for code, share in topic[kind].items()}
    assert counted.keys() == CODES[kind]
    main = {code for topic in TOPICS.values() for code, share in topic[kind].items() if share >= 0.7}
    assert main == CODES[kind]


@pytest.mark.parametrize("language", SUPPORTED)
def test_every_topic_has_terms_in_every_language_and_nothing_else_has(language: str) -> None:
    assert table(language).keys() == TOPICS.keys() | {NOTHING}
    assert [topic for topic, listed in table(language).items() if not list(terms_of(listed))] == []


@pytest.mark.parametrize("language", SUPPORTED)
def test_every_term_is_found_where_it_stands_alone_with_the_topic_that_it_is_of(language: str) -> None:
    lost = [
        (topic, term)
        for topic, listed in table(language).items()
        if topic != NOTHING
        for term, _ in terms_of(listed)
        if not any(topic in found.topics for found in terms_in(words(term), lexicon(language)))
    ]
    assert lost == []


@pytest.mark.parametrize("language", SUPPORTED)
def test_no_term_is_listed_twice_for_a_topic(language: str) -> None:
    for topic, listed in table(language).items():
        terms = [term for term, _ in terms_of(listed)]
        assert sorted(set(terms)) == sorted(terms), topic


@pytest.mark.parametrize(
    ("language", "written", "without"),
    [
        ("es", "prevención de inundaciones", "prevencion de inundaciones"),
        ("fr", "égouts", "egouts"),
        ("pt", "habitação social", "habitacao social"),
        ("nl", "energiecoöperatie", "energiecooperatie"),
    ],
)
def test_a_term_is_found_also_where_its_accents_are_left_out(language: str, written: str, without: str) -> None:
    assert [len(term) for term in terms(language, written)] == [len(term) for term in terms(language, without)] != []


def test_small_words_in_a_term_may_be_others_or_none() -> None:
    text = "la gestión de las aguas, gestión del agua y gestión agua"
    assert terms("es", text) == ["gestión de las aguas", "gestión del agua", "gestión agua"]


def test_the_longest_term_counts_and_those_within_it_do_not() -> None:
    assert terms("en", "waste water treatment plant") == ["waste water", "treatment plant"]


def test_a_term_does_not_reach_across_the_end_of_a_sentence() -> None:
    assert terms("es", "Hay agua. Potable no es.") == ["agua"]


def test_a_figure_of_speech_is_no_term_but_its_words_are_elsewhere() -> None:
    assert terms("en", "It was a waste of time to sort out the waste") == ["waste"]


@pytest.mark.parametrize(
    ("language", "text"), [("fr", "nous voulons voir"), ("en", "we know well"), ("es", "una nueva estación")]
)
def test_a_word_with_the_stem_of_a_term_but_another_meaning_is_no_term(language: str, text: str) -> None:
    assert terms(language, text) == []


def test_small_words_are_known_with_and_without_their_accents() -> None:
    assert {"está", "esta"} <= small_words("es")


@pytest.mark.parametrize(
    ("language", "term", "less"),
    [
        ("en", "start-up", "start"),
        ("fr", "sans-abri", "à l'abri"),
        ("es", "sin hogar", "hogar"),
        ("pt", "sem papel", "papel"),
    ],
)
def test_a_small_word_counts_where_a_term_would_be_another_word_without_it(language: str, term: str, less: str) -> None:
    assert terms(language, term) == [term]
    assert terms(language, less) == []
