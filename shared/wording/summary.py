"""A ranked pair in one sentence: where its points come from, and where it stands among the others."""

from collections.abc import Sequence

from shared.events.matching import Contribution
from shared.wording.reasons import factor_name
from shared.wording.speech import Speech

HOW_MANY_OF_THE_MOST = 2
ENOUGH_TO_COMPARE = 3
AS_GOOD_AS = 0.05  # points; a smaller difference is not shown


def summary(speech: Speech, score: float, contributions: Sequence[Contribution]) -> str:
    """The score, the two factors that give most, the one that gives least of what it could, and what is taken off."""
    total = speech.say("%(points)s of 100 points", points=speech.number(score))
    sentences = [_made_of(speech, total, [one for one in contributions if one.out_of > 0])]
    lost = -sum(one.points for one in contributions if one.out_of <= 0)
    if lost >= AS_GOOD_AS:
        sentences.append(
            speech.say_many(
                "%(number)s point is taken off, as the peer may not agree.",
                "%(number)s points are taken off, as the peer may not agree.",
                lost,
            )
        )
    return " ".join(sentences)


def _made_of(speech: Speech, total: str, factors: Sequence[Contribution]) -> str:
    giving = sorted((one for one in factors if one.points > 0), key=lambda one: -one.points)
    if not giving:
        return f"{total}."
    most = speech.listing([_factor(speech, one) for one in giving[:HOW_MANY_OF_THE_MOST]])
    least = min(factors, key=_share)
    if len(factors) < ENOUGH_TO_COMPARE or _share(least) >= 1:
        return speech.say("%(total)s: most for %(most)s.", total=total, most=most)
    return speech.say(
        "%(total)s: most for %(most)s; least of what was possible for %(least)s.",
        total=total,
        most=most,
        least=_factor(speech, least),
    )


def _share(factor: Contribution) -> float:
    return factor.points / factor.out_of


def _factor(speech: Speech, factor: Contribution) -> str:
    name = factor_name(speech, factor.factor)
    return speech.say(
        "%(factor)s (%(points)s of %(most)s)",
        factor=name[:1].lower() + name[1:],
        points=speech.number(factor.points),
        most=speech.number(factor.out_of),
    )


def standing(
    speech: Speech, rank: int, passing: int, behind: float | None = None, *, wished_first: bool = False
) -> str:
    """The place of an offer among those that pass; `behind`: by how many points it misses the last one proposed.

    `wished_first`: no points would help, as all that are proposed were asked for by the applicant.
    """
    place = speech.say_many(
        "Number %(rank)s of %(number)s offer that passes",
        "Number %(rank)s of %(number)s offers that pass",
        passing,
        rank=speech.number(rank),
    )
    if wished_first:
        return speech.say("%(place)s; offers of organisations that the applicant asked for come first.", place=place)
    if behind is None:
        return f"{place}."
    if behind < AS_GOOD_AS:
        return speech.say("%(place)s, with as many points as the last one proposed.", place=place)
    return speech.say_many(
        "%(place)s; %(number)s point fewer than the last one proposed.",
        "%(place)s; %(number)s points fewer than the last one proposed.",
        behind,
        place=place,
    )
