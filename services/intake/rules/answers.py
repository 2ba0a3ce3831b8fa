"""What an applicant and an offerer are asked. Every answer is optional while a draft is written; limits always hold."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from shared.events.base import Code, LanguageSkill, Window
from shared.primitives.terms import Mode, Position

CHALLENGE_WORDS = 300


def _at_most_300_words(text: str) -> str:
    words = len(text.split())
    if words > CHALLENGE_WORDS:
        raise ValueError(f"use at most {CHALLENGE_WORDS} words; these are {words}")
    return text


Text = Annotated[str, Field(max_length=4000)]
Challenge = Annotated[str, Field(max_length=6000), AfterValidator(_at_most_300_words)]
Line = Annotated[str, Field(max_length=200)]
Themes = Annotated[tuple[str, ...], Field(max_length=3)]
Sdgs = Annotated[tuple[Annotated[int, Field(ge=1, le=17)], ...], Field(max_length=3)]
DacCodes = Annotated[tuple[Annotated[str, Field(pattern=r"^\d{5}$")], ...], Field(max_length=5)]


class Part(BaseModel):
    """A group of questions."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Baseline(Part):
    """Where things stand before: a number with its unit."""

    value: float = Field(allow_inf_nan=False)
    unit: Line = Field(min_length=1)


class Need(Part):
    """What the organisation wants to learn, in its own language. The title is public."""

    title: str | None = Field(default=None, max_length=100)
    language: str | None = Field(default=None, max_length=20)
    challenge: Challenge | None = None
    guiding_questions: tuple[Line, ...] = Field(default=(), max_length=3)
    tried: Text | None = None
    themes: Themes = ()
    sdgs: Sdgs = ()
    dac: DacCodes = ()


class Result(Part):
    """What is to change."""

    expected_change: Text | None = None
    baseline: Baseline | None = None
    planned_use: Text | None = None


class ExchangeWish(Part):
    """How, when and with whom. No mode means "advise me"."""

    mode: Mode | None = None
    earliest: date | None = None
    latest: date | None = None
    participants: tuple[Position, ...] = Field(default=(), max_length=50)
    languages: tuple[LanguageSkill, ...] = Field(default=(), max_length=10)
    interpretation: bool = False
    online_acceptable: bool = False
    same_country: bool = False
    accessibility: Text | None = None
    travel_limits: Text | None = None


class Partners(Part):
    """Organisations that are wished for or ruled out."""

    preferred: tuple[UUID, ...] = Field(default=(), max_length=20)
    excluded: tuple[UUID, ...] = Field(default=(), max_length=20)
    existing_partnership: Line | None = None


class Commitment(Part):
    """What the applicant agrees to. Consent to publication is separate and may be withheld."""

    staff_time: bool = False
    surveys: bool = False
    privacy_notice: bool = False
    publication: bool = False


class ApplicationAnswers(Part):
    """Everything that an application asks. `contact` and `authoriser` are members of the organisation.

    `programme` is the code of the programme under which it is made, if not the usual one.
    """

    programme: Code = "connect"
    contact: UUID | None = None
    authoriser: UUID | None = None
    authoriser_confirmed: bool = False
    need: Need = Need()
    result: Result = Result()
    exchange: ExchangeWish = ExchangeWish()
    partners: Partners = Partners()
    commitment: Commitment = Commitment()


class OfferAnswers(Part):
    """Everything that an offer asks. `answers` names the application that it answers; none: a standing offer."""

    answers: UUID | None = None
    title: str | None = Field(default=None, max_length=100)
    language: str | None = Field(default=None, max_length=20)
    result: Text | None = None
    result_number: float | None = Field(default=None, allow_inf_nan=False)
    result_year: int | None = Field(default=None, ge=1950, le=2100)
    failures: Text | None = None
    approach: Text | None = None
    themes: Themes = ()
    sdgs: Sdgs = ()
    dac: DacCodes = ()
    modes: tuple[Mode, ...] = Field(default=(), max_length=4)
    languages: tuple[LanguageSkill, ...] = Field(default=(), max_length=10)
    windows: tuple[Window, ...] = Field(default=(), max_length=20)
    capacity: int = Field(default=1, ge=1, le=50)
    days_a_year: int | None = Field(default=None, ge=1, le=200)
    released_by_employer: bool = False

    @model_validator(mode="after")
    def _windows_run_forward(self) -> "OfferAnswers":
        if any(window.last < window.first for window in self.windows):
            raise ValueError("a window ends before it begins: exchange its dates")
        return self
