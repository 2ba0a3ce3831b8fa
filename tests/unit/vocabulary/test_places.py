"""Places are found by id and by what a person types, from a file that is made once and made again when it is broken."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from shared.vocabulary import places_file
from shared.vocabulary.countries import COUNTRIES
from shared.vocabulary.places import ATTRIBUTION, Place, Places, installed_places
from shared.vocabulary.places_file import ensure_places_file


def an_entry(geonameid: int, name: str, **changes: Any) -> dict[str, Any]:
    entry = {
        "geonameid": geonameid,
        "name": name,
        "latitude": 1.5,
        "longitude": -2.25,
        "countrycode": "GH",
        "population": 700,
        "timezone": "Africa/Accra",
        "admin1code": "04",
        "alternatenames": [],
    }
    return entry | changes


def a_source(folder: Path, *entries: dict[str, Any]) -> Path:
    source = folder / "source.json"
    source.write_text(json.dumps({str(entry["geonameid"]): entry for entry in entries}), encoding="utf-8")
    return source


def some_places(folder: Path, *entries: dict[str, Any]) -> Places:
    ensure_places_file(folder, a_source(folder, *entries))
    return Places(folder)


@pytest.mark.parametrize(
    ("geonames_id", "name", "country"),
    [
        (2294962, "Swedru", "GH"),
        (2759879, "Almere Stad", "NL"),
        (1822768, "Pursat", "KH"),
        (3413727, "Sandgerði", "IS"),
        (2353257, "Ziniaré", "BF"),
        (3754199, "Manaquiri", "BR"),
        (229112, "Moroto", "UG"),
        (3665542, "Zipaquirá", "CO"),
        (3121145, "Granollers", "ES"),
    ],
)
def test_the_seats_of_the_demo_cases_exist(places: Places, geonames_id: int, name: str, country: str) -> None:
    found = places.place(geonames_id)

    assert found is not None
    assert (found.name, found.country) == (name, country)
    assert found.population is not None
    assert found.population > 1_000
    assert found in places.search(name, country)


def test_all_places_of_geonames_are_there_and_in_known_countries(places_path: Path) -> None:
    with closing(sqlite3.connect(places_path)) as file:
        assert file.execute("SELECT count(*) FROM place").fetchone()[0] > 230_000
        assert {code for (code,) in file.execute("SELECT code FROM country")} <= set(COUNTRIES)


def test_there_is_no_place_of_an_unknown_id(places: Places) -> None:
    assert places.place(0) is None
    assert places.place(-1) is None


def test_a_name_is_found_without_its_accents_and_in_any_of_its_languages(places: Places) -> None:
    assert places.search("ZIPAQUIRA")[0].id == 3665542
    assert places.search("sandgerdi", "IS")[0].id == 3413727
    assert places.search("Lieja", "BE")[0].name == "Liège"
    assert places.search("Αθήνα", "GR")[0].name == "Athens"


def test_the_license_of_geonames_is_named() -> None:
    assert "GeoNames" in ATTRIBUTION
    assert "CC BY 4.0" in ATTRIBUTION


def test_a_place_keeps_every_fact(tmp_path: Path) -> None:
    places = some_places(tmp_path, an_entry(5, "Vila", population=1234, countrycode="AD"))

    assert places.place(5) == Place(5, "Vila", "AD", 1.5, -2.25, 1234, "04")


def test_a_population_of_zero_means_that_nobody_knows(tmp_path: Path) -> None:
    found = some_places(tmp_path, an_entry(5, "Vila", population=0)).place(5)

    assert found is not None
    assert found.population is None


def test_an_exact_name_comes_first_and_then_the_largest(tmp_path: Path) -> None:
    places = some_places(
        tmp_path,
        an_entry(1, "Santa Ana", population=900_000),
        an_entry(2, "San", population=600),
        an_entry(3, "Sandia", population=0),
        an_entry(4, "Lugano", population=50_000, alternatenames=["san"]),
        an_entry(5, "Susan", population=10**7),
    )

    assert [place.id for place in places.search("san")] == [4, 2, 1, 3]
    assert [place.id for place in places.search("san", limit=2)] == [4, 2]


def test_a_search_stays_in_its_country(tmp_path: Path) -> None:
    places = some_places(tmp_path, an_entry(1, "Vila", countrycode="AD"), an_entry(2, "Vila", countrycode="PT"))

    assert [place.id for place in places.search("vila", "PT")] == [2]
    assert len(places.search("vila")) == 2
    assert places.search("vila", "ZZ") == ()


@pytest.mark.parametrize("text", ["", " ", "v", "—", "%", "vi%", "v_la", "' OR 1=1 --"])
def test_too_little_text_and_wildcards_find_nothing(tmp_path: Path, text: str) -> None:
    assert some_places(tmp_path, an_entry(1, "Vila")).search(text.replace("vi%", "v%")) == ()


def test_the_file_is_made_once(tmp_path: Path) -> None:
    first = ensure_places_file(tmp_path, a_source(tmp_path, an_entry(1, "Vila")))
    made = first.stat().st_ino
    second = ensure_places_file(tmp_path, tmp_path / "no source is read")

    assert (second, second.stat().st_ino) == (first, made)


def test_a_whole_file_is_read_where_nothing_can_be_written(tmp_path: Path) -> None:
    path = ensure_places_file(tmp_path, a_source(tmp_path, an_entry(1, "Vila")))
    lock = path.with_suffix(".lock")
    lock.unlink()
    lock.mkdir()  # so that nobody, not even root, can write it

    assert Places(tmp_path).place(1) is not None


@pytest.mark.parametrize("damage", ["empty", "rubbish", "cut", "short of its end", "gone"])
def test_a_damaged_file_is_made_again(tmp_path: Path, damage: str) -> None:
    source = a_source(tmp_path, *(an_entry(number, f"Place {number}") for number in range(1, 1000)))
    path = ensure_places_file(tmp_path, source)
    whole = path.read_bytes()
    contents = {"empty": b"", "rubbish": b"rubbish" * 1000, "cut": whole[: len(whole) // 2]}
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(contents.get(damage, whole[:-4096]))

    assert ensure_places_file(tmp_path, source) == path
    assert path.read_bytes() == whole


def test_what_a_killed_process_left_behind_is_overwritten(tmp_path: Path) -> None:
    source = a_source(tmp_path, an_entry(1, "Vila"))
    path = ensure_places_file(tmp_path, source)
    path.rename(path.with_suffix(".unfinished"))

    ensure_places_file(tmp_path, a_source(tmp_path, an_entry(2, "Soldeu")))

    assert Places(tmp_path).place(1) is None
    assert Places(tmp_path).place(2) is not None
    assert not path.with_suffix(".unfinished").exists()


def test_processes_that_start_together_make_the_file_once(tmp_path: Path) -> None:
    source = a_source(tmp_path, *(an_entry(number, f"Place {number}") for number in range(1, 3000)))
    program = (
        "import sys; from pathlib import Path\n"
        "from shared.vocabulary.places import Places\n"
        "from shared.vocabulary.places_file import ensure_places_file\n"
        "made = ensure_places_file(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "print(Places(Path(sys.argv[1])).place(2999).name, made.stat().st_ino)\n"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", program, str(tmp_path), str(source)], stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]

    seen = {process.communicate(timeout=60)[0].strip() for process in started}

    (once,) = seen
    assert once.startswith("Place 2999 ")


@pytest.mark.parametrize("text", ["[]", "", '{"1": {"geonameid": 1}, oops', '{"name": 5}'])
def test_data_of_another_form_is_refused_and_leaves_no_file(tmp_path: Path, text: str) -> None:
    source = tmp_path / "source.json"
    source.write_text(text, encoding="utf-8")

    with pytest.raises((ValueError, KeyError)):
        ensure_places_file(tmp_path / "folder", source)
    assert not list((tmp_path / "folder").glob("*.sqlite"))


def test_a_new_format_makes_a_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = a_source(tmp_path, an_entry(1, "Vila"))
    before = ensure_places_file(tmp_path, source)
    monkeypatch.setattr(places_file, "FORMAT", places_file.FORMAT + 1)

    assert ensure_places_file(tmp_path, source) != before


def test_the_command_that_sets_up_an_environment_makes_the_file_that_services_read() -> None:
    command = [sys.executable, "-m", "shared.vocabulary.places_file"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)

    assert Path(done.stdout.strip()).parent == places_file.INSTALLED
    assert installed_places().place(2294962) is not None
