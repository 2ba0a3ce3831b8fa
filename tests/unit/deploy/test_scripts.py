"""Scripts of journeys: days that hold on every day of the week, and nothing in them that the services would refuse."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from deploy.journeys.check import SCRIPTS as CHECKS
from deploy.journeys.days import day_of
from deploy.journeys.demo import demo_scripts, script_steps
from deploy.journeys.script import Script, read_script
from deploy.journeys.steps import MATCHED, steps_until
from shared.primitives.terms import Mode
from shared.vocabulary.places import installed_places
from shared.vocabulary.themes import theme

MONDAY = date(2026, 3, 2)
EVERY_WEEKDAY = [MONDAY + timedelta(days=number) for number in range(7)]
NOTICE = timedelta(weeks=8)


def all_scripts(today: date) -> list[Script]:
    return [*demo_scripts(today), *(read_script(CHECKS / f"{mode}.toml", today) for mode in Mode)]


def steps_of(script: Script) -> set[str]:
    return {step.name for step in script_steps(script)}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (date(2018, 9, 10), date(2018, 9, 10)),
        ("today", date(2026, 3, 5)),
        ("today - 60 days", date(2026, 1, 4)),
        ("monday", date(2026, 3, 2)),
        ("monday + 70 days", date(2026, 5, 11)),
    ],
)
def test_days_are_real_or_counted_from_the_day_of_playing(written: object, meant: date) -> None:
    assert day_of(written, date(2026, 3, 5)) == meant


@pytest.mark.parametrize("written", ["tomorrow", "today + 1", "today - many days", "2018-9-1", 3])
def test_anything_else_is_no_day(written: object) -> None:
    with pytest.raises(ValueError, match="is no day"):
        day_of(written, MONDAY)


@pytest.mark.parametrize("today", EVERY_WEEKDAY, ids=lambda day: f"{day:%A}")
def test_days_hold_on_every_day_of_the_week(today: date) -> None:
    for script in all_scripts(today):
        asked, offer, exchange = script.application, script.offer, script.exchange
        assert asked.received <= today, script.name
        assert asked.received + NOTICE <= asked.earliest < asked.latest, script.name
        if offer is not None:
            assert offer.first <= asked.earliest, script.name
            assert offer.last >= asked.earliest + timedelta(days=11), script.name
        if exchange is not None and exchange.first and exchange.last:
            assert asked.earliest <= exchange.first <= exchange.last <= asked.latest, script.name
            assert "start" not in steps_of(script) or exchange.first <= today, script.name
            assert "completion" not in steps_of(script) or exchange.last <= today, script.name
        elif "completion" in steps_of(script):
            assert asked.latest < today, script.name


def test_the_demo_cases_are_numbered_and_each_stands_somewhere_else() -> None:
    scripts = demo_scripts(MONDAY)
    assert [script.number for script in scripts] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert len({script.shows for script in scripts}) == len(scripts)
    assert all(script.why for script in scripts)
    assert len({script.application.title for script in scripts}) == len(scripts)


def test_every_mode_is_shown_and_checked() -> None:
    assert {script.mode for script in demo_scripts(MONDAY)} == set(Mode)
    for mode in Mode:
        assert read_script(CHECKS / f"{mode}.toml", MONDAY).mode is mode


def test_seats_and_themes_are_in_the_vocabularies() -> None:
    for script in all_scripts(MONDAY):
        for code in script.application.themes:
            theme(code)
        for name in script.bodies:
            assert installed_places().place(script.organisations[name].seat), (script.name, name)


def test_an_organisation_is_the_same_in_every_demo_case() -> None:
    known: dict[str, object] = {}
    for script in demo_scripts(MONDAY):
        for name in script.bodies:
            assert known.setdefault(name, script.organisations[name]) == script.organisations[name]
        for name in script.cast:
            assert known.setdefault(name, script.people[name]) == script.people[name]


def a_file(folder: Path, **changes: str) -> Path:
    """A script of ours with some lines replaced."""
    text = (CHECKS / "internship.toml").read_text(encoding="utf-8")
    for old, new in changes.items():
        text = text.replace(old, new)
    file = folder / "script.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_script_that_names_strangers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="nobody says who these are: nobody-knows"):
        read_script(a_file(tmp_path, **{'contact = "rosa-illescas"': 'contact = "nobody-knows"'}), MONDAY)
    with pytest.raises(ValidationError, match="nobody says who these are: a-stranger"):
        read_script(a_file(tmp_path, **{'offerer = "peer"': 'offerer = "a-stranger"'}), MONDAY)


def test_a_script_with_a_slip_of_the_pen_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="challange"):
        read_script(a_file(tmp_path, challenge="challange"), MONDAY)
    with pytest.raises(ValidationError, match="is no day"):
        read_script(a_file(tmp_path, **{"today - 120 days": "some day"}), MONDAY)


def test_steps_end_with_the_one_that_is_named() -> None:
    assert [step.name for step in steps_until("offer")] == ["organisations", "people", "application", "offer"]
    assert steps_until(None) == MATCHED
    assert steps_until(None, matched=False)[-1].name == "call"
    with pytest.raises(ValueError, match="there is no step dance: the steps are organisations,"):
        steps_until("dance")
