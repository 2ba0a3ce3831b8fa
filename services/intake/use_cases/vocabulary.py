"""Checks that the codes in answers are terms of our vocabularies."""

from collections.abc import Callable, Iterable
from typing import Any

from services.intake.rules.answers import Need, OfferAnswers
from shared.primitives.errors import FieldProblem, Invalid
from shared.vocabulary.dac import purpose
from shared.vocabulary.languages import language
from shared.vocabulary.lookup import UnknownTerm
from shared.vocabulary.themes import theme


def check_terms(answers: Need | OfferAnswers, pointer: str) -> None:
    """Raise Invalid, naming every unknown term and the nearest known one."""
    wrong = [
        *_unknown(theme, answers.themes, f"{pointer}/themes"),
        *_unknown(purpose, answers.dac, f"{pointer}/dac"),
        *check_languages(() if answers.language is None else (answers.language,), f"{pointer}/language"),
    ]
    if isinstance(answers, OfferAnswers):
        wrong += check_languages((skill.language for skill in answers.languages), f"{pointer}/languages")
    raise_if_any(wrong)


def check_languages(tags: Iterable[str], pointer: str) -> list[FieldProblem]:
    """Languages that are not known, with the place where they stand."""
    return _unknown(language, tags, pointer)


def raise_if_any(wrong: list[FieldProblem]) -> None:
    """Raise Invalid with all these problems, if there are any."""
    if wrong:
        raise Invalid("unknown-term", "Some codes are not in the vocabulary.", fields=tuple(wrong))


def _unknown(find: Callable[[Any], object], codes: Iterable[str], pointer: str) -> list[FieldProblem]:
    wrong = []
    for place, code in enumerate(codes):
        try:
            find(code)
        except UnknownTerm as error:
            # `language` is one value; the others are lists whose items have a place of their own.
            where = pointer if pointer.endswith("/language") else f"{pointer}/{place}"
            wrong.append(FieldProblem(where, "unknown-term", str(error)))
    return wrong
