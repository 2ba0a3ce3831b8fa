"""The nearest titles are those that a plain computation finds, whatever was put in and taken out before."""

from random import Random
from uuid import UUID

import numpy as np
import pytest

from services.matching.engine.similarity.codes import Codes, packed, unpacked
from services.matching.engine.similarity.means import Means
from services.matching.engine.similarity.titles import Kind, Near, Title, Titles
from tests.unit.matching.similarity.directions import Vector, a_direction

LANGUAGES = ("es", "en", "nl")
Known = dict[Title, tuple[str, Codes]]


def plainly(known: Known, title: Title, among: Kind) -> list[Near]:
    """The same in so many words: float64, one after the other."""
    vectors = {one: (language, codes / np.linalg.norm(codes.astype(float))) for one, (language, codes) in known.items()}
    means = Means()
    for language, vector in vectors.values():
        means.add(language, vector)

    def centred(one: Title) -> Vector:
        language, vector = vectors[one]
        left: Vector = vector - means.of(language)
        return left / np.linalg.norm(left)

    asked = centred(title)
    found = [Near(one.id, float(asked @ centred(one))) for one in known if one.kind is among and one != title]
    return sorted(found, key=lambda near: (-near.similarity, near.id))


def some_titles(random: Random, number: int) -> Known:
    common = {language: a_direction(random) for language in LANGUAGES}
    cone = a_direction(random)
    known: Known = {}
    for place in range(number):
        language = random.choice(LANGUAGES)
        vector = a_direction(random, (cone, 2.0), (common[language], 0.6))
        kind = random.choice(list(Kind))
        known[Title(kind, UUID(int=place))] = language, unpacked(packed(vector))
    return known


def filled(known: Known) -> Titles:
    titles = Titles()
    for title, (language, codes) in known.items():
        titles.put(title, language, codes)
    return titles


@pytest.mark.parametrize("seed", range(3))
def test_it_finds_what_a_plain_computation_finds(seed: int) -> None:
    random = Random(seed)
    known = some_titles(random, 400)
    titles = filled(known)
    for title in random.sample(sorted(known), 20):
        for among in Kind:
            expected = plainly(known, title, among)[:10]
            found = titles.nearest(title, 10, among)
            assert [near.id for near in found] == [near.id for near in expected]
            np.testing.assert_allclose(
                [near.similarity for near in found], [near.similarity for near in expected], atol=2e-4
            )


def test_after_many_changes_it_is_as_if_it_had_been_filled_anew() -> None:
    random = Random(7)
    source = some_titles(random, 300)
    titles, known = Titles(), Known()
    for _ in range(1500):
        title = random.choice(sorted(source))
        if random.random() < 0.4:
            titles.remove(title)
            known.pop(title, None)
        else:
            language, codes = random.choice(LANGUAGES), source[random.choice(sorted(source))][1]
            titles.put(title, language, codes)
            known[title] = language, codes
    assert len(titles) == len(known) > 50
    fresh = filled(known)
    for title in random.sample(sorted(known), 20):
        for among in Kind:
            left, right = titles.nearest(title, 400, among), fresh.nearest(title, 400, among)
            assert {near.id for near in left} == {near.id for near in right}
            np.testing.assert_allclose([n.similarity for n in left], [n.similarity for n in right], atol=1e-4)


def test_without_the_mean_of_the_language_its_own_texts_are_not_the_nearest() -> None:
    """The language weighs more in each vector than the matter does; the nearest are those on the same matter."""
    random = Random(8)
    cone, own = a_direction(random), {language: a_direction(random) for language in LANGUAGES}
    matters = [a_direction(random) for _ in range(20)]
    titles, matter_of = Titles(), {}
    for number in range(300):
        language, matter = LANGUAGES[number % 3], number // 3 % 20
        title = Title(Kind.OFFER, UUID(int=number))
        vector = a_direction(random, (cone, 4.0), (own[language], 2.0), (matters[matter], 1.5))
        titles.put(title, language, unpacked(packed(vector)))
        matter_of[title.id] = matter
    for number in range(0, 300, 10):
        nearest = titles.nearest(Title(Kind.OFFER, UUID(int=number)), 10, Kind.OFFER)
        assert {matter_of[near.id] for near in nearest} == {matter_of[UUID(int=number)]}
        assert len({near.id.int % 3 for near in nearest}) == 3


def test_equally_near_ones_come_in_the_order_of_their_ids() -> None:
    random = Random(9)
    same, other = (unpacked(packed(a_direction(random))) for _ in range(2))
    titles = Titles()
    titles.put(Title(Kind.APPLICATION, UUID(int=1)), "es", other)
    numbers = list(range(2, 40))
    random.shuffle(numbers)
    for number in numbers:
        titles.put(Title(Kind.OFFER, UUID(int=number)), "es", same)
    found = titles.nearest(Title(Kind.APPLICATION, UUID(int=1)), 5, Kind.OFFER)
    assert [near.id.int for near in found] == [2, 3, 4, 5, 6]


def test_two_titles_that_say_the_same_are_as_alike_as_can_be_in_whatever_language() -> None:
    known = some_titles(Random(10), 100)
    title = next(one for one in known if one.kind is Kind.APPLICATION)
    twin = Title(Kind.OFFER, UUID(int=1000))
    titles = filled(known | {twin: known[title]})
    (first,) = titles.nearest(title, 1, Kind.OFFER)
    assert (first.id, round(first.similarity, 3)) == (twin.id, 1.0)


def test_a_title_alone_has_nothing_near_and_one_that_is_not_here_is_an_error() -> None:
    random = Random(11)
    codes, others = (unpacked(packed(a_direction(random))) for _ in range(2))
    titles, title = Titles(), Title(Kind.OFFER, UUID(int=1))
    titles.put(title, "es", codes)
    assert titles.nearest(title, 5, Kind.OFFER) == []
    titles.put(Title(Kind.OFFER, UUID(int=2)), "es", others)
    (near,) = titles.nearest(title, 1, Kind.OFFER)
    assert near.id == UUID(int=2)
    assert -1 <= near.similarity <= 1
    titles.remove(title)
    titles.remove(title)
    with pytest.raises(KeyError):
        titles.nearest(title, 5, Kind.OFFER)
