"""How good the similarity of titles is, with a floor or a ceiling a little beyond what was measured.

`python -m tests.judgement.similarity` prints the figures in full, and the errors with `--errors`.
"""

import pytest

from tests.judgement.labelled import LANGUAGES
from tests.judgement.retrieval import GROUPS, Corpus, Group, corpus

MOST_OF_OWN_LANGUAGE = 1.3  # times chance
FLOORS: dict[Group, float] = {"titles": 0.58, "first sentences": 0.34}
TIMES_CHANCE = 4


@pytest.fixture(scope="module", params=GROUPS)
def texts(request: pytest.FixtureRequest) -> tuple[Group, Corpus]:
    return request.param, corpus(request.param)


def test_the_own_language_is_not_preferred(texts: tuple[Group, Corpus]) -> None:
    share, chance = texts[1].own_language()
    assert share <= MOST_OF_OWN_LANGUAGE * chance


@pytest.mark.parametrize("number", [3, 10])
def test_nor_is_it_where_there_are_few_titles(number: int) -> None:
    titles = corpus("titles")
    found = [titles.sample(number, seed).own_language(nearest=number) for seed in range(10)]
    assert sum(share for share, _ in found) <= MOST_OF_OWN_LANGUAGE * sum(chance for _, chance in found)


def test_the_nearest_in_other_languages_are_often_on_the_same_theme(texts: tuple[Group, Corpus]) -> None:
    group, found = texts
    asked = found.asked("heldout")
    assert found.precision(found.by_embedding, asked) >= FLOORS[group]
    for language in LANGUAGES:
        part = [one for one in asked if found.cases[one].language == language]
        assert found.precision(found.by_embedding, part) >= TIMES_CHANCE * found.by_chance(part)


def test_where_people_name_their_matter_the_lexicon_alone_finds_more(texts: tuple[Group, Corpus]) -> None:
    """So similarity is shown beside a score that rests on themes: see decision 7."""
    _, found = texts
    asked = found.asked("heldout")
    assert found.precision(found.by_lexicon, asked) > found.precision(found.by_embedding, asked) + 0.1
