"""The mean of a language is that of its vectors, drawn toward the mean of all where there are few."""

from random import Random

import numpy as np
import pytest

from services.matching.engine.similarity.means import TEXTS_LIKE_ALL, TEXTS_LIKE_NOTHING, Means, Vector
from tests.unit.matching.similarity.directions import a_direction


def some(number: int, random: Random, common: Vector) -> list[Vector]:
    return [a_direction(random, (common, 1.5)) for _ in range(number)]


def test_the_mean_is_what_the_formula_says() -> None:
    random, means = Random(1), Means()
    es, nl = some(30, random, a_direction(random)), some(4, random, a_direction(random))
    for language, vectors in (("es", es), ("nl", nl)):
        for vector in vectors:
            means.add(language, vector)
    overall = (sum(es) + sum(nl)) / (34 + TEXTS_LIKE_NOTHING)
    for language, vectors in (("es", es), ("nl", nl)):
        expected = (sum(vectors) + TEXTS_LIKE_ALL * overall) / (len(vectors) + TEXTS_LIKE_ALL)
        np.testing.assert_allclose(means.of(language), expected, atol=1e-12)
    np.testing.assert_allclose(means.of("sw"), overall, atol=1e-12)


def test_the_fewer_texts_a_language_has_the_nearer_its_mean_is_to_that_of_all() -> None:
    random = Random(2)
    common, own = a_direction(random), a_direction(random)
    many, means = some(500, random, common), Means()
    for vector in many:
        means.add("en", vector)
    apart = []
    for number in range(1, 40):
        means.add("ff", a_direction(random, (common, 1.5), (own, 1.5)))
        if number in {1, 10, 39}:
            apart.append(float(np.linalg.norm(means.of("ff") - means.of("sw"))))
    assert apart[0] < apart[1] / 2 < apart[1] < apart[2]


def test_running_sums_end_where_a_new_count_does_in_whatever_order() -> None:
    random, means = Random(3), Means()
    inside: list[tuple[str, Vector]] = []
    for _ in range(2000):
        if inside and random.random() < 0.45:
            means.take(*inside.pop(random.randrange(len(inside))))
        else:
            inside.append((random.choice(["es", "en", "fr"]), a_direction(random)))
            means.add(*inside[-1])
    fresh = Means()
    for language, vector in inside:
        fresh.add(language, vector)
    for language in ("es", "en", "fr", "sw"):
        np.testing.assert_allclose(means.of(language), fresh.of(language), atol=1e-10)


def test_the_last_text_of_a_language_takes_its_mean_along() -> None:
    means, vector = Means(), a_direction(Random(4))
    means.add("is", vector)
    means.take("is", vector)
    assert not means.of("is").any()


@pytest.mark.parametrize("number", [1, 2, 1000])
def test_no_vector_is_its_mean_even_if_all_are_the_same(number: int) -> None:
    means, vector = Means(), a_direction(Random(5))
    for _ in range(number):
        means.add("es", vector)
    left = TEXTS_LIKE_ALL / (number + TEXTS_LIKE_ALL) / (number + TEXTS_LIKE_NOTHING)
    assert float((vector - means.of("es")) @ vector) == pytest.approx(left, rel=1e-6)
