"""What the API tells of a text: suggestions with the words that led to them."""

from collections.abc import Iterable

from pydantic import Field

from services.matching.engine.text.values import Phrase, Suggestions
from services.matching.rules.views import View


class PhraseView(View):
    """Words of the text: `text[start:end]`, counted in Unicode code points from 0."""

    start: int
    end: int
    words: str


class _SuggestionView(View):
    confidence: float = Field(
        ge=0, le=1, description="the share of suggestions like this one with which a reader is expected to agree"
    )
    because: tuple[PhraseView, ...] = Field(description="what in the text led to it, the weightiest first")


class ThemeSuggestion(_SuggestionView):
    """A theme that the text seems to speak of."""

    theme: str


class GoalSuggestion(_SuggestionView):
    """A Sustainable Development Goal that it seems to serve."""

    sdg: int = Field(ge=1, le=17)


class PurposeSuggestion(_SuggestionView):
    """A DAC purpose code under which a donor would seem to count it."""

    dac: str


class SuggestionsView(View):
    """What one text seems to speak of, the surest first. Nothing is decided by it: its writer chooses."""

    language: str | None = Field(description="what the text is believed to be in; null: in none of es, en, fr, pt, nl")
    themes: tuple[ThemeSuggestion, ...] = Field(max_length=3)
    sdgs: tuple[GoalSuggestion, ...] = Field(max_length=3)
    dac: tuple[PurposeSuggestion, ...] = Field(max_length=3)


def suggestions_view(text: str, found: Suggestions) -> SuggestionsView:
    """The suggestions for this text."""
    return SuggestionsView(
        language=found.language,
        themes=tuple(
            ThemeSuggestion(theme=one.code, confidence=one.confidence, because=_phrases(text, one.because))
            for one in found.themes
        ),
        sdgs=tuple(
            GoalSuggestion(sdg=one.code, confidence=one.confidence, because=_phrases(text, one.because))
            for one in found.sdgs
        ),
        dac=tuple(
            PurposeSuggestion(dac=one.code, confidence=one.confidence, because=_phrases(text, one.because))
            for one in found.dac
        ),
    )


def _phrases(text: str, because: Iterable[Phrase]) -> tuple[PhraseView, ...]:
    return tuple(
        PhraseView(start=phrase.start, end=phrase.end, words=text[phrase.start : phrase.end]) for phrase in because
    )
