"""What the portal asks of other services."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import httpx
from pydantic import BaseModel, TypeAdapter, ValidationError

from services.portal.rules.choice import Suggestion, Suggestions
from services.portal.rules.topics import Kind
from shared.http.client import Refused, send
from shared.primitives.errors import TryAgain

ANSWER_WITHIN = 2.0  # seconds; a text takes some milliseconds
MOST_AT_ONCE = 8


class Busy(TryAgain):
    """So many are asking at this moment that one more would only wait."""


class _Phrase(BaseModel):
    words: str


class _Suggested(BaseModel):
    confidence: float
    because: tuple[_Phrase, ...]


class _Theme(_Suggested):
    theme: str


class _Goal(_Suggested):
    sdg: int


class _Purpose(_Suggested):
    dac: str


class _Answer(BaseModel):
    language: str | None
    themes: tuple[_Theme, ...]
    sdgs: tuple[_Goal, ...]
    dac: tuple[_Purpose, ...]


_ANSWERS = TypeAdapter(list[_Answer])


@dataclass(slots=True)
class Matching:
    """The service that finds what a text speaks of. It counts as away until `reached` has told where it is.

    Who asks it here is anybody on the internet, so no more than `most_at_once` texts are under way at a time.
    """

    most_at_once: int = MOST_AT_ONCE
    answer_within: float = ANSWER_WITHIN
    under_way: int = 0
    _http: httpx.AsyncClient | None = None
    _token: Callable[[], str] = field(default=str)

    @asynccontextmanager
    async def reached(self, url: str, token: Callable[[], str]) -> AsyncIterator[None]:
        """Ask the service at this address, each time with a token that `token` makes, as long as the context lasts."""
        async with httpx.AsyncClient(base_url=url, timeout=self.answer_within, trust_env=False) as client:
            self._http, self._token = client, token
            try:
                yield
            finally:
                self._http = None

    async def suggest(self, text: str, language: str | None) -> Suggestions:
        """What the text seems to speak of. Raises Busy, or TryAgain when no answer can be had."""
        if self.under_way >= self.most_at_once:
            raise Busy("Too many texts at once")
        self.under_way += 1
        try:
            async with asyncio.timeout(self.answer_within):
                return await self._ask(text, language)
        except TimeoutError as error:
            raise TryAgain("matching does not answer in time") from error
        finally:
            self.under_way -= 1

    async def _ask(self, text: str, language: str | None) -> Suggestions:
        if self._http is None:
            raise TryAgain("The portal is still starting")
        asked = {"texts": [{"text": text, "language": language}]}
        try:
            told = await send(self._http, "POST", "/v1/suggestions", token=self._token(), json=asked)
            (answer,) = _ANSWERS.validate_python(told)
        except Refused as refusal:
            raise TryAgain(f"matching refuses to answer ({refusal.status})") from None
        except TryAgain as away:
            # What another service says of a failure is its own affair: only the kind of the failure is told on.
            cause = type(away.__cause__).__name__ if away.__cause__ else "it fails"
            raise TryAgain(f"matching is away ({cause})") from None
        except (ValidationError, ValueError):
            # Neither the cause nor its text: it quotes what was answered, and that quotes what somebody wrote.
            raise TryAgain("matching answers something else than suggestions") from None
        return _suggestions(answer)


def _suggestions(answer: _Answer) -> Suggestions:
    return Suggestions(
        language=answer.language,
        of={
            Kind.THEME: tuple(_suggestion(each.theme, each) for each in answer.themes),
            Kind.GOAL: tuple(_suggestion(str(each.sdg), each) for each in answer.sdgs),
            Kind.PURPOSE: tuple(_suggestion(each.dac, each) for each in answer.dac),
        },
    )


def _suggestion(code: str, told: _Suggested) -> Suggestion:
    phrases = (" ".join(phrase.words.split()) for phrase in told.because)
    return Suggestion(code, told.confidence, tuple(dict.fromkeys(phrases)))
