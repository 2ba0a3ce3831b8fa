"""The speech of the pages: the portal's own texts, and those that it shares with other services."""

from pathlib import Path

from shared.wording.speech import Speech
from shared.wording.speech import speech as shared_speech

LOCALES = Path(__file__).parent.parent / "locale"


def speech(language: str) -> Speech:
    """The speech of a language of the pages. Raises KeyError for any other."""
    return shared_speech(language, LOCALES)
