"""Applications and offers of invented places, complete unless a test says otherwise."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.intake.rules.answers import ApplicationAnswers, OfferAnswers

TODAY = date(2026, 3, 2)
ACCRA, ALMERE = 2306104, 2759879


def application_answers(
    *, contact: UUID | None = None, theme: str = "sanitation", on: date = TODAY, **changes: Any
) -> dict[str, Any]:
    """The body of a complete application that is received on `on`. `changes` replace parts: `need={"title": None}`."""
    person = str(contact or uuid4())
    answers: dict[str, Any] = {
        "contact": person,
        "authoriser": person,
        "authoriser_confirmed": True,
        "need": {
            "title": "A sanitation strategy for our town",
            "language": "en",
            "challenge": "Half of our households have no toilet of their own.",
            "guiding_questions": ["How did you begin?", "Who paid?", "What would you do otherwise?"],
            "tried": "Public toilets, which were not maintained.",
            "themes": [theme],
            "sdgs": [6],
        },
        "result": {
            "expected_change": "A strategy that the council adopts.",
            "baseline": {"value": 48.0, "unit": "percent of households"},
            "planned_use": "The council votes on it in autumn.",
        },
        "exchange": {
            "mode": "expert-mission",
            "earliest": (on + timedelta(weeks=9)).isoformat(),
            "latest": (on + timedelta(weeks=20)).isoformat(),
            "participants": ["engineer", "head-of-department"],
            "languages": [{"language": "en", "level": "C1"}],
        },
        "commitment": {"staff_time": True, "surveys": True, "privacy_notice": True, "publication": False},
    }
    for part, change in changes.items():
        answers[part] = {**answers.get(part, {}), **change} if isinstance(change, dict) else change
    return answers


def application(**changes: Any) -> ApplicationAnswers:
    """The same as a value."""
    return ApplicationAnswers.model_validate(application_answers(**changes))


def offer_answers(**changes: Any) -> dict[str, Any]:
    """The body of a complete offer."""
    return {
        "title": "From open drains to a sanitation plan",
        "language": "en",
        "result": "All households are connected.",
        "result_number": 98.0,
        "result_year": 2024,
        "failures": "The first plan forgot the tenants.",
        "approach": "Walk through the town together, then write.",
        "themes": ["sanitation"],
        "sdgs": [6],
        "modes": ["expert-mission", "study-visit"],
        "languages": [{"language": "en", "level": "C1"}],
        "windows": [{"first": "2026-04-01", "last": "2026-12-20"}],
        "capacity": 2,
        "days_a_year": 20,
        "released_by_employer": True,
    } | changes


def an_offer(**changes: Any) -> OfferAnswers:
    """The same as a value."""
    return OfferAnswers.model_validate(offer_answers(**changes))
