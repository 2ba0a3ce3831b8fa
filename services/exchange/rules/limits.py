"""The four modes: where each takes place, how long, with how many people, and what its report must hold."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from services.exchange.rules.values import Exchange, Part, Participant, Plan, References
from shared.primitives.errors import FieldProblem
from shared.primitives.terms import Mode, Side


@dataclass(frozen=True, slots=True)
class Span:
    """From `least` to `most`, both included; no upper bound where `most` is None."""

    least: int
    most: int | None = None

    def holds(self, number: int) -> bool:
        """Whether the number is within."""
        return self.least <= number and (self.most is None or number <= self.most)

    def __str__(self) -> str:
        if self.most is None:
            return f"{self.least} or more"
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"


@dataclass(frozen=True, slots=True)
class Limits:
    """One mode. Only the parts that are listed occur in it; a government counts once, however many people it sends."""

    host: Side
    days: Span
    parts: Mapping[Part, Span]
    recommendations: bool = False
    conclusions: bool = False

    @property
    def governments(self) -> Span:
        """How many municipalities and regions take part."""
        return self.parts.get(Part.GOVERNMENT, ANY)


ANY = Span(0)
LIMITS: Mapping[Mode, Limits] = {
    Mode.EXPERT_MISSION: Limits(
        host=Side.REQUESTER, days=Span(2, 5), parts={Part.EXPERT: Span(1, 2), Part.HOST: ANY}, recommendations=True
    ),
    Mode.INTERNSHIP: Limits(host=Side.OFFERER, days=Span(5, 20), parts={Part.PLACED: Span(1, 2), Part.HOST: ANY}),
    Mode.ROUND_TABLE: Limits(
        host=Side.REQUESTER,
        days=Span(1, 5),
        parts={Part.GOVERNMENT: Span(3), Part.MODERATOR: Span(1), Part.HOST: ANY},
        conclusions=True,
    ),
    Mode.STUDY_VISIT: Limits(host=Side.OFFERER, days=Span(2, 5), parts={Part.VISITOR: Span(3, 5), Part.HOST: ANY}),
}
# Those who come to learn or to advise; they can't come from the organisation that receives them.
GUESTS = frozenset({Part.EXPERT, Part.PLACED, Part.VISITOR})


def plan_problems(exchange: Exchange, plan: Plan, known: References) -> tuple[FieldProblem, ...]:
    """Everything that keeps the plan from being this exchange's."""
    limits = LIMITS[exchange.mode]
    return (*_days(limits, exchange.mode, plan), *_counts(limits, exchange.mode, plan), *_people(exchange, plan, known))


def days_problems(mode: Mode, plan: Plan) -> tuple[FieldProblem, ...]:
    """What is wrong with the days alone."""
    return tuple(_days(LIMITS[mode], mode, plan))


def _days(limits: Limits, mode: Mode, plan: Plan) -> Iterator[FieldProblem]:
    if plan.last < plan.first:
        yield FieldProblem("/last", "before-first", "The last day is before the first: exchange the two.")
    elif not limits.days.holds(plan.days):
        detail = f"These are {plan.days} days, and {_of(mode)} takes {limits.days}: choose other days."
        yield FieldProblem("/last", "days-out-of-limits", detail)


def _counts(limits: Limits, mode: Mode, plan: Plan) -> Iterator[FieldProblem]:
    for part, span in limits.parts.items():
        people = [one for one in plan.participants if one.part is part]
        number = len({one.organisation_id for one in people}) if part is Part.GOVERNMENT else len(people)
        if not span.holds(number):
            detail = f"{number} with the part {part}; {_of(mode)} has {span}."
            yield FieldProblem("/participants", f"{part}-out-of-limits", detail)


def _people(exchange: Exchange, plan: Plan, known: References) -> Iterator[FieldProblem]:
    seen = set()
    for index, one in enumerate(plan.participants):
        at = f"/participants/{index}"
        yield from _place(exchange, one, known, at)
        if one.member_id is None:
            continue
        if known.organisation_of.get(one.member_id) != one.organisation_id:
            detail = "This member is not known at this organisation: register the member there, or leave it out."
            yield FieldProblem(f"{at}/member_id", "not-a-member", detail)
        if one.member_id in seen:
            yield FieldProblem(f"{at}/member_id", "named-twice", "This member is already in the list.")
        seen.add(one.member_id)


def _place(exchange: Exchange, one: Participant, known: References, at: str) -> Iterator[FieldProblem]:
    """Whether somebody of this organisation can have this part."""
    if one.part not in LIMITS[exchange.mode].parts:
        yield FieldProblem(f"{at}/part", "part-not-in-mode", f"In {_of(exchange.mode)} nobody has this part.")
    if one.organisation_id not in (*exchange.organisations, exchange.association_id):
        detail = "This organisation does not take part: name one of the agreed organisations or the association."
        yield FieldProblem(f"{at}/organisation_id", "not-taking-part", detail)
    elif one.part in GUESTS and one.organisation_id == exchange.host_id:
        detail = "Guests come from elsewhere: give people of the receiving organisation the part host."
        yield FieldProblem(f"{at}/part", "guest-of-the-host", detail)
    elif one.part is Part.GOVERNMENT and not known.is_government(one.organisation_id):
        detail = "Only a municipality or region takes part as a government."
        yield FieldProblem(f"{at}/part", "not-a-government", detail)


def _of(mode: Mode) -> str:
    words = mode.replace("-", " ")
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"
