"""Figures are told in words, and a chart shows every minute that had events."""

from datetime import timedelta

import pytest

from services.monitor.pages import words
from services.monitor.pages.chart import HEIGHT, WIDTH, chart
from services.monitor.pages.rendering import ASSETS, asset, file
from services.monitor.rules.views import MinuteView
from services.monitor.settings import read_console_settings
from shared.hosting.settings import SettingsError
from tests.builders.monitor import BEGINNING


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0, "0 s"),
        (0.04, "0.0 s"),
        (0.4, "0.4 s"),
        (9.96, "10.0 s"),
        (12.4, "12 s"),
        (59.6, "1 min"),
        (200, "3 min 20 s"),
        (3599.7, "1 h"),
        (18_120, "5 h 2 min"),
        (86_399.9, "1 d"),
        (1_051_200, "12 d 4 h"),
        (-75, "−1 min 15 s"),
        (None, "–"),
    ],
)
def test_a_span_of_time_is_told_in_its_two_largest_units(seconds: float | None, told: str) -> None:
    assert words.duration(seconds) == told


@pytest.mark.parametrize(
    ("seconds", "told"), [(0, "just now"), (-5, "just now"), (12.3, "12 s ago"), (3600, "1 h ago")]
)
def test_how_long_ago_is_told_from_the_moment_of_looking(seconds: float, told: str) -> None:
    assert words.ago(BEGINNING, BEGINNING + timedelta(seconds=seconds)) == told


def test_what_was_never_seen_is_stale() -> None:
    assert words.ago(None, BEGINNING) == "never"
    assert words.stale(None, BEGINNING)
    assert not words.stale(BEGINNING, BEGINNING + timedelta(seconds=30))
    assert words.stale(BEGINNING, BEGINNING + timedelta(seconds=31))


@pytest.mark.parametrize(("value", "told"), [(0, "0"), (1234567, "1,234,567"), (2.0, "2"), (0.25, "0.2")])
def test_numbers_have_thousands_and_at_most_one_digit_after_the_point(value: float, told: str) -> None:
    assert words.number(value) == told


def minutes(*events: int, dead: int = 0) -> list[MinuteView]:
    return [
        MinuteView(minute=BEGINNING + timedelta(minutes=place), events=number, dead_letters=dead)
        for place, number in enumerate(events)
    ]


def test_the_highest_bar_fills_the_box_and_one_event_is_still_visible() -> None:
    drawn = chart(minutes(0, 1, 1000))
    assert [bar.height for bar in drawn.bars] == [0.0, 2.0, HEIGHT]
    assert [bar.y + bar.height for bar in drawn.bars] == [HEIGHT] * 3
    assert drawn.most == 1000


def test_bars_stand_side_by_side_within_the_box() -> None:
    drawn = chart(minutes(*range(60)))
    for left, right in zip(drawn.bars, drawn.bars[1:], strict=False):
        assert left.x + left.width < right.x
    assert drawn.bars[-1].x + drawn.bars[-1].width <= WIDTH


def test_a_minute_with_dead_letters_is_marked() -> None:
    assert [bar.has_dead_letters for bar in chart(minutes(1, dead=1)).bars] == [True]
    assert chart([]).bars == ()


def test_a_file_is_served_under_the_name_of_its_content_and_nothing_else_is() -> None:
    assert asset("console.css") in {f"/static/{name}" for name in ASSETS}
    served = file(asset("console.css").removeprefix("/static/"))
    assert served is not None
    assert served.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert file("console.css") is None
    assert file("../settings.py") is None


def test_pages_are_closed_unless_the_environment_opens_them() -> None:
    assert not read_console_settings({}).open_pages
    assert not read_console_settings({"CONNECT_MONITOR_OPEN_PAGES": ""}).open_pages
    assert read_console_settings({"CONNECT_MONITOR_OPEN_PAGES": "1"}).open_pages


@pytest.mark.parametrize(
    ("name", "value"), [("CONNECT_MONITOR_QUIET_DAYS", "0"), ("CONNECT_MONITOR_OPEN_PAGES", "maybe")]
)
def test_a_setting_that_can_not_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        read_console_settings({name: value})
