"""The built files and the map that is drawn upon one of them."""

import re
from pathlib import Path

import pytest

from services.portal.assets.built import BUILT, NotBuilt, read_assets
from services.portal.pages import atlas
from services.portal.queries import Organisation
from tests.builders.portal import Town, granollers, zipaquira


def organisation(town: Town) -> Organisation:
    return Organisation(town.id, town.kind, town.name, town.country, town.seat)


def world() -> tuple[float, float, list[tuple[int, int]]]:
    """Width, height and dots of the built drawing."""
    name = next(name for name in read_assets().files if name.startswith("world-"))
    drawing = (BUILT / name).read_text()
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', drawing)
    assert size
    return float(size[1]), float(size[2]), [(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h0", drawing)]


def test_every_file_comes_compressed_and_small() -> None:
    files = read_assets().files
    compressed = {name: len(file.bodies.get("br", file.bodies["identity"])) for name, file in files.items()}
    assert sum(compressed.values()) < 60_000
    assert sum(size for name, size in compressed.items() if name.endswith(".js")) < 30_000
    for name, file in files.items():
        assert re.search(r"-[A-Z0-9]{8}\.", name)
        assert {"br", "gzip"} <= set(file.bodies)


def test_files_that_are_not_built_say_how_to_build_them(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt, match=r"python -m services\.portal\.assets build"):
        read_assets(tmp_path)


def test_pages_and_the_drawing_of_the_world_have_the_same_measure() -> None:
    assert world()[:2] == (atlas.WIDTH, atlas.HEIGHT)


@pytest.mark.parametrize(
    ("latitude", "longitude", "on_land"),
    [(52.4, 9.7, True), (5.0, -74.0, True), (-25.3, 133.0, True), (30.0, -40.0, False), (-30.0, 80.0, False)],
)
def test_places_lie_on_the_drawn_land_and_the_sea_has_no_dots(latitude: float, longitude: float, on_land: bool) -> None:
    x, y = atlas.point(latitude, longitude)
    assert any(abs(x - dot[0]) < 10 and abs(y - dot[1]) < 10 for dot in world()[2]) is on_land


def test_an_arc_joins_the_seats_of_two_towns_once() -> None:
    pair = (organisation(zipaquira()), organisation(granollers()))
    drawn = atlas.arcs([pair, pair])
    assert len(drawn) == 1
    assert drawn[0].start == atlas.point(5.02208, -74.00481)
    assert drawn[0].end[0] > drawn[0].start[0]


def test_places_that_are_not_known_or_the_same_have_no_arc() -> None:
    nowhere = organisation(Town("Nowhere", "XX", 1))
    here = organisation(zipaquira())
    assert atlas.arcs([(here, nowhere), (here, here)]) == ()


def test_a_place_beyond_the_edge_lies_on_the_edge() -> None:
    assert atlas.point(89, 0)[1] == 0
    assert atlas.point(-89, 0)[1] == pytest.approx(atlas.HEIGHT, abs=1)
