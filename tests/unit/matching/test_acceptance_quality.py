"""How much better than simpler forecasts the estimate of acceptance is, on invented histories that are split in time.

`python -m tests.judgement.acceptance` prints the figures in full.
"""

import pytest

from tests.judgement.answers import WORLDS, forecast
from tests.judgement.measures import Said, bands, squared_error

HISTORIES = 6
Told = dict[str, list[Said]]


@pytest.fixture(scope="module")
def told() -> dict[str, Told]:
    """By world, what each forecast said and what came true."""
    worlds = {}
    for world, apart in WORLDS.items():
        histories = [forecast(seed, apart) for seed in range(HISTORIES)]
        worlds[world] = {name: [each for one in histories for each in one[name]] for name in histories[0]}
    return worlds


@pytest.mark.parametrize(("world", "at_most"), [("much alike", 0.80), ("different", 0.82), ("far apart", 0.88)])
def test_it_is_nearer_to_what_comes_true_than_an_offers_own_share(
    told: dict[str, Told], world: str, at_most: float
) -> None:
    ours, own = (squared_error(told[world][name]) for name in ("ours", "the offer's own share"))
    assert ours < at_most * own


@pytest.mark.parametrize(("world", "at_most"), [("much alike", 1.05), ("different", 0.99), ("far apart", 0.90)])
def test_it_is_nearer_than_the_countrys_share_unless_all_its_organisations_are_much_alike(
    told: dict[str, Told], world: str, at_most: float
) -> None:
    ours, countrys = (squared_error(told[world][name]) for name in ("ours", "its country's"))
    assert ours < at_most * countrys


def test_what_is_said_comes_true_about_as_often(told: dict[str, Told]) -> None:
    def furthest(name: str) -> float:
        rows = bands(told["different"][name], (0.0, 0.2, 0.4, 0.6, 0.8))
        return max(abs(said - was) for _, said, was, number in rows if number >= 100)

    assert furthest("ours") < 0.1
    assert furthest("the offer's own share") > 0.3  # such histories tell the two apart
