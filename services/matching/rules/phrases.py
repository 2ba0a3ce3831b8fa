"""The words of two titles that speak of the themes which both sides have chosen."""

from collections.abc import Iterable

from services.matching.engine.text.suggest import suggest
from services.matching.rules.desk import PhrasesView, Titled


def shared_phrases(themes: Iterable[str], requester: Titled, offerer: Titled) -> tuple[PhrasesView, ...]:
    """For each theme the words of each title, the weightiest first; a theme of which neither speaks is left out."""
    asked, offered = _words(requester), _words(offerer)
    return tuple(
        PhrasesView(theme=theme, requester=asked.get(theme, ()), offerer=offered.get(theme, ()))
        for theme in sorted(themes)
        if theme in asked or theme in offered
    )


def _words(title: Titled) -> dict[str, tuple[str, ...]]:
    found = suggest(title.title, title.language)
    return {one.code: tuple(title.title[at.start : at.end] for at in one.because) for one in found.themes}
