"""What a request could ask less strictly, and how many offers would then pass every hard filter."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.wording.codes import letters
from shared.wording.speech import Speech
from shared.wording.tongue import mark as _


@dataclass(frozen=True, slots=True)
class Words:
    """What to do, and what then holds, for the beginning of a sentence."""

    name: str
    condition: str


RELAXATIONS: Mapping[str, Words] = {
    "interpretation": Words(_("Allow interpretation"), _("With interpretation")),
    "same-country": Words(_("Allow peers from the same country"), _("With peers from the same country")),
    "mode": Words(
        _("Leave the kind of exchange open: “advise me”"), _("If the kind of exchange were left open (“advise me”)")
    ),
    "window": Words(_("Allow later days"), _("With later days")),
    "knowledge": Words(_("Allow related purposes"), _("With related purposes")),
    "earlier-proposal": Words(_("Ask those again who declined"), _("If those who declined were asked again")),
}


def relaxation_name(speech: Speech, code: str) -> str:
    """What to do, in few words: "Allow interpretation"."""
    return speech.say(RELAXATIONS[code].name) if code in RELAXATIONS else letters(code)


def would_pass(speech: Speech, codes: Sequence[str], offers: int) -> str:
    """How many offers would pass with these together: "With interpretation, 14 offers would pass."."""
    first, *others = (_condition(speech, code) for code in codes)
    condition = speech.listing([first, *(other[:1].lower() + other[1:] for other in others)])
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
