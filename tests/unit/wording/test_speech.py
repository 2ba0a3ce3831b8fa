"""Each language has its days, times and numbers, and the reader's wishes choose among the languages."""

from datetime import UTC, date, datetime

import pytest

from shared.wording.speech import LANGUAGES, preferred, speech


def test_days_and_times_are_said_as_each_language_does() -> None:
    first, last = date(2026, 9, 7), date(2026, 9, 11)
    assert [speech(language).days(first, last) for language in LANGUAGES] == [
        "7–11 September 2026",
        "7–11 de septiembre de 2026",
        "7–11 septembre 2026",
    ]
    assert speech("en").days(first, first) == "7 September 2026"
    assert speech("fr").moment(datetime(2026, 3, 2, 9, 5, tzinfo=UTC)) == "2 mars 2026, 09:05 UTC"
    assert speech("es").number(1234567.25) == "1.234.567,2"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("es-CO,es;q=0.9,en;q=0.8", "es"),
        ("de, fr;q=0.7, en;q=0.3", "fr"),
        ("fr;q=0, es;q=0.1", "es"),
        ("en;q=0.5, es;q=0.5", "en"),
        ("es;q=high, fr;q=0.2", "fr"),
        (";;;,,q=", "en"),
    ],
)
def test_the_browser_s_wishes_choose_the_language(header: str | None, language: str) -> None:
    assert preferred(header) == language
