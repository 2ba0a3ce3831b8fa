"""What a request could ask less strictly, and how many offers would then pass every hard filter."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.wording.codes import letters
from shared.wording.speech import Speech
from shared.wording.tongue import mark as _


@dataclass(frozen=True, slots=True)
class Relaxation:
    """What to do, and what then holds, for the beginning of a sentence."""

    name: str
    condition: str


RELAXATIONS: Mapping[str, Relaxation] = {
    "interpretation": Relaxation(_("Allow interpretation"), _("With interpretation")),
    "same-country": Relaxation(_("Allow peers from the same country"), _("With peers from the same country")),
    "mode": Relaxation(
        _("Leave the kind of exchange open: “advise me”"), _("If the kind of exchange were left open (“advise me”)")
    ),
    "window": Relaxation(_("Allow other or more days"), _("With other or more days")),
    "excluded": Relaxation(
        _("Allow organisations that were ruled out"), _("With the organisations that were ruled out")
    ),
    "knowledge": Relaxation(_("Add related themes"), _("With related themes")),
    "earlier-proposal": Relaxation(_("Ask those again who declined"), _("If those who declined were asked again")),
}


def relaxation_name(speech: Speech, code: str) -> str:
    """What to do, in few words: "Allow interpretation"."""
    return speech.say(RELAXATIONS[code].name) if code in RELAXATIONS else letters(code)


def would_pass(speech: Speech, code: str, offers: int) -> str:
    """How many offers would pass after one relaxation: "With interpretation, 14 offers would pass."."""
    condition = _condition(speech, code)
    if not offers:
        return speech.say("%(condition)s, still no offer would pass.", condition=condition)
    return speech.say_many(
        "%(condition)s, %(number)s offer would pass.",
        "%(condition)s, %(number)s offers would pass.",
        offers,
        condition=condition,
    )


def _condition(speech: Speech, code: str) -> str:
    known = RELAXATIONS.get(code)
    return speech.say(known.condition) if known else speech.say("With “%(change)s”", change=letters(code))
