"""The speech of the pages: the portal's own texts, and those that it shares with other services."""

from pathlib import Path

from fastapi import Request

from shared.wording.speech import LANGUAGES, Speech, preferred
from shared.wording.speech import speech as shared_speech

LOCALES = Path(__file__).parent.parent / "locale"


def speech(language: str) -> Speech:
    """The speech of a language of the pages. Raises KeyError for any other."""
    return shared_speech(language, LOCALES)


def language_of(request: Request) -> str:
    """The language of the address, else the one that the browser asks for."""
    first = request.url.path.split("/")[1] if request.url.path.count("/") else ""
    return first if first in LANGUAGES else preferred(request.headers.get("Accept-Language"))


def speech_for(request: Request) -> Speech:
    """The speech in which a request is answered."""
    return speech(language_of(request))
