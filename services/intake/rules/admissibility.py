"""The automatic checks of applications and offers. Each failed check says where it failed and how to repair it."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from services.intake.rules.answers import ApplicationAnswers, OfferAnswers
from shared.primitives.errors import FieldProblem

RULES_VERSION = "2026-1"
REVIEW_LANGUAGES = frozenset({"en", "es", "fr"})
NOTICE = timedelta(weeks=8)
LAST_DAY = date(2100, 12, 31)
SAME_THEME_WITHIN = timedelta(days=365)


def check_application(answers: ApplicationAnswers, *, on: date, duplicate_of: str | None) -> tuple[FieldProblem, ...]:
    """Every check that fails, in the order of the form; empty if the application is admissible.

    `on` is the day it was received; `duplicate_of` the reference of an application of the same organisation and theme
    within the last 12 months, if there is one.
    """
    return (
        *_incomplete(answers),
        *_authoriser(answers),
        *_language(answers.need.language),
        *_duplicate(duplicate_of),
        *_dates(answers.exchange.earliest, answers.exchange.latest, on),
        *_in_this_century("/exchange/latest", answers.exchange.latest),
        *_consents(answers),
    )


def check_offer(answers: OfferAnswers) -> tuple[FieldProblem, ...]:
    """Every check that fails; empty if the offer can be looked at by a person."""
    needed = {
        "/title": answers.title,
        "/language": answers.language,
        "/result": answers.result,
        "/result_number": answers.result_number,
        "/result_year": answers.result_year,
        "/failures": answers.failures,
        "/approach": answers.approach,
        "/themes": answers.themes,
        "/modes": answers.modes,
        "/languages": answers.languages,
        "/windows": answers.windows,
        "/days_a_year": answers.days_a_year,
        "/released_by_employer": answers.released_by_employer,
    }
    last = max((window.last for window in answers.windows), default=None)
    return (*_missing(needed), *_language(answers.language, "/language"), *_in_this_century("/windows", last))


def _incomplete(answers: ApplicationAnswers) -> Iterator[FieldProblem]:
    need, result, exchange = answers.need, answers.result, answers.exchange
    yield from _missing(
        {
            "/contact": answers.contact,
            "/authoriser": answers.authoriser,
            "/need/title": need.title,
            "/need/language": need.language,
            "/need/challenge": need.challenge,
            "/need/guiding_questions": len(need.guiding_questions) == 3,
            "/need/tried": need.tried,
            "/need/themes": need.themes,
            "/result/expected_change": result.expected_change,
            "/result/baseline": result.baseline,
            "/result/planned_use": result.planned_use,
            "/exchange/earliest": exchange.earliest,
            "/exchange/latest": exchange.latest,
            "/exchange/participants": exchange.participants,
            "/exchange/languages": exchange.languages,
        }
    )


def _missing(answers: Mapping[str, object]) -> Iterator[FieldProblem]:
    for pointer, answer in answers.items():
        if answer is None or answer is False or answer in {"", ()}:
            what = pointer.rsplit("/", 1)[1].replace("_", " ")
            more = " Write all three." if what == "guiding questions" else ""
            yield FieldProblem(pointer, "missing", f"Answer the question about {what}.{more}")


def _authoriser(answers: ApplicationAnswers) -> Iterator[FieldProblem]:
    if not answers.authoriser_confirmed:
        yield FieldProblem(
            "/authoriser_confirmed",
            "authoriser-not-confirmed",
            "Ask the person who authorises the application to confirm it.",
        )


def _language(language: str | None, pointer: str = "/need/language") -> Iterator[FieldProblem]:
    if language is not None and language not in REVIEW_LANGUAGES:
        yield FieldProblem(
            pointer, "unsupported-language", "Write in English, Spanish or French, so that it can be read."
        )


def _duplicate(duplicate_of: str | None) -> Iterator[FieldProblem]:
    if duplicate_of is not None:
        yield FieldProblem(
            "/need/themes",
            "duplicate",
            f"Your organisation applied on this theme within the last 12 months ({duplicate_of}). "
            "Choose another theme, or go on with that application.",
        )


def _dates(earliest: date | None, latest: date | None, on: date) -> Iterator[FieldProblem]:
    if earliest is not None and earliest < on + NOTICE:
        yield FieldProblem(
            "/exchange/earliest", "too-soon", f"Choose a first day 8 weeks ahead or later: {on + NOTICE} or after."
        )
    if earliest is not None and latest is not None and latest < earliest:
        yield FieldProblem(
            "/exchange/latest", "dates-reversed", "The latest day is before the earliest. Exchange them."
        )


def _in_this_century(pointer: str, last: date | None) -> Iterator[FieldProblem]:
    """Calendars end, some of them with the year 9999: whoever reckons with a day near that end finds none."""
    if last is not None and last > LAST_DAY:
        yield FieldProblem(pointer, "too-far", f"Choose a last day up to {LAST_DAY}.")


def _consents(answers: ApplicationAnswers) -> Iterator[FieldProblem]:
    repairs = {
        "staff_time": "Confirm that staff have time for the exchange.",
        "surveys": "Agree to answer the surveys before, during and after.",
        "privacy_notice": "Read the privacy notice and confirm that you have.",
    }
    for name, repair in repairs.items():
        if not getattr(answers.commitment, name):
            yield FieldProblem(f"/commitment/{name}", "consent-missing", repair)
