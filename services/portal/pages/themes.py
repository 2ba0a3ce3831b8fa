"""The page that finds the themes of a need, for those who prepare an application or an offer.

Everything goes with the form, back and forth: nothing is stored, nobody is signed in, and nothing changes by sending it
from elsewhere, so it needs no token against that (CSRF). It is sent by POST only: addresses get into logs, and what
people write must not.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar

import asyncpg
from fastapi import APIRouter, Request
from fastapi.responses import Response

from services.portal import queries
from services.portal.clients import Busy, Matching
from services.portal.pages import forms
from services.portal.pages.problems import PageRoute
from services.portal.pages.render import page
from services.portal.pages.speech import speech_for
from services.portal.pages.views.cards import card
from services.portal.pages.views.choosing import chooser, outcome_of
from services.portal.pages.views.shown import Card
from services.portal.pages.views.themes import EMPTY, Keeping, Sent, Step, ThemesView, themes_view
from services.portal.pages.words.choosing import Outcome
from services.portal.rules.choice import Choice, Suggestions, after, choice
from services.portal.rules.need import LANGUAGES_READ, Fault, Need, faults_of
from services.portal.rules.topics import Kind, topic
from shared.postgres.pool import AWAY
from shared.postgres.unit_of_work import Database
from shared.primitives.errors import TryAgain
from shared.telemetry.logging import get_logger
from shared.wording.speech import LANGUAGES, Speech

log = get_logger(__name__)

MOST_CASES = 5
PATH = "/themes"
# The page itself reads no further than `forms.MOST_BYTES`, and says so in words. Below this limit, which is that of
# all requests, those who sent more get the page rather than a problem document for programs.
LARGER_BODIES = {f"/{language}{PATH}": 50_000_000 for language in LANGUAGES}

Chosen = Mapping[Kind, Choice]
Name = TypeVar("Name", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Found:
    """What came of asking for suggestions."""

    outcome: Outcome
    suggestions: Suggestions | None = None


def themes_router(matching: Matching) -> APIRouter:
    """The page below a language."""
    router = APIRouter(route_class=PageRoute, include_in_schema=False)

    @router.get(PATH)
    async def empty_form(request: Request) -> Response:
        return _shown(request, themes_view(speech_for(request), EMPTY), Step.WRITE)

    @router.post(PATH)
    async def sent_form(request: Request) -> Response:
        try:
            sent = _sent(await forms.read_form(request))
        except forms.TooLarge:
            return _shown(request, themes_view(speech_for(request), EMPTY, too_large=True), Step.WRITE, 413)
        return await _answer(request, matching, sent)

    return router


def _sent(fields: forms.Fields) -> Sent:
    need = Need(forms.line(fields, "title"), forms.text(fields, "challenge"), forms.line(fields, "language"))
    read_as = forms.line(fields, "read_as")
    return Sent(
        step=_one_of(Step, forms.line(fields, "do")) or Step.SUGGEST,
        need=need,
        choices={kind: _choice(fields, kind) for kind in Kind},
        read_as=read_as if read_as in LANGUAGES_READ else "",
    )


def _one_of(names: type[Name], value: str) -> Name | None:
    return next((name for name in names if name == value), None)


def _choice(fields: forms.Fields, kind: Kind) -> Choice:
    ticked = (*fields.get(kind, ()), *fields.get(f"{kind}_more", ()))
    return choice(kind, ticked, fields.get(f"{kind}_seen", ()))


async def _answer(request: Request, matching: Matching, sent: Sent) -> Response:
    faults = tuple(_text_faults(sent))
    wrong = _choice_faults(sent)
    if sent.step is Step.WRITE or (faults and not (sent.was_chosen or sent.was_suggested)):
        return _shown(request, themes_view(speech_for(request), sent, faults), Step.WRITE, 422 if faults else 200)
    if sent.step is Step.USE and not faults and not wrong:
        return await _choice_page(request, sent)
    found = Found(Outcome.BY_HAND) if faults or not _asks(sent) else await _found(matching, sent.need)
    return _help_page(request, sent, found, faults, wrong)


def _text_faults(sent: Sent) -> list[Fault]:
    if sent.step is Step.WRITE:
        return []
    if sent.step is Step.SUGGEST and not sent.need.text:
        return [Fault.NOTHING_WRITTEN]
    return list(faults_of(sent.need))


def _choice_faults(sent: Sent) -> Mapping[Kind, Fault]:
    if sent.step is Step.USE and not sent.was_chosen and not any(made.strange for made in sent.choices.values()):
        return {Kind.THEME: Fault.NOTHING_CHOSEN}
    return {kind: made.fault for kind, made in sent.choices.items() if made.fault}


def _asks(sent: Sent) -> bool:
    """Whether suggestions are wanted: anew, or those again that a choice with a fault was made from."""
    return bool(sent.need.text) and (sent.step is Step.SUGGEST or (sent.step is Step.USE and sent.was_suggested))


async def _found(matching: Matching, need: Need) -> Found:
    try:
        suggestions = await matching.suggest(need.text, need.language or None)
    except Busy:
        log.warning("no suggestions", reason="too many at once")
        return Found(Outcome.BUSY)
    except TryAgain as error:
        log.warning("no suggestions", reason=str(error))
        return Found(Outcome.AWAY)
    return Found(outcome_of(need, suggestions), suggestions)


def _help_page(
    request: Request, sent: Sent, found: Found, faults: tuple[Fault, ...], wrong: Mapping[Kind, Fault]
) -> Response:
    suggested = found.suggestions
    if suggested is not None:
        made = {kind: _after(sent, each, suggested) for kind, each in sent.choices.items()}
        sent = replace(sent, choices=made, read_as=suggested.language or "")
    spoken = speech_for(request)
    view = themes_view(spoken, sent, faults, chooser(spoken, sent.choices, found.outcome, suggested, wrong))
    step = Step.BY_HAND if found.outcome is Outcome.BY_HAND else Step.SUGGEST
    return _shown(request, view, step, 422 if view.problems else 503 if found.outcome.is_for_later else 200)


def _after(sent: Sent, made: Choice, found: Suggestions) -> Choice:
    return after(made, found.of.get(made.kind, ()), tick=sent.step is Step.SUGGEST)


async def _choice_page(request: Request, sent: Sent) -> Response:
    spoken = speech_for(request)
    cards = await _cards(request.app.state.database, spoken, sent.choices)
    return _shown(request, themes_view(spoken, sent), Step.USE, cards=cards)


async def _cards(database: Database, spoken: Speech, choices: Chosen) -> tuple[Card, ...] | None:
    """The cases with one of the themes or codes, then those with one of the goals; None while none can be read."""
    topics = {kind: [topic(kind, code) for code in made.ticked] for kind, made in choices.items()}
    try:
        async with database.reading() as connection:
            first = [*topics[Kind.THEME], *topics[Kind.PURPOSE]]
            rows = await queries.cases_about(connection, first, topics[Kind.GOAL], MOST_CASES)
    except (*AWAY, asyncpg.PostgresError) as error:
        log.warning("no cases beside a choice", error_type=type(error).__name__)
        return None
    return tuple(card(spoken, row) for row in rows)


def _shown(
    request: Request, view: ThemesView, step: Step, status: int = 200, *, cards: tuple[Card, ...] | None = None
) -> Response:
    keeping = Keeping("need", step.value, Step.SUGGEST.value, PATH)
    template = "choice.html" if step is Step.USE else "themes.html"
    answer = page(request, speech_for(request), template, status=status, view=view, cards=cards, keeping=keeping)
    if status == 503:
        answer.headers["Retry-After"] = "5"
    return answer
