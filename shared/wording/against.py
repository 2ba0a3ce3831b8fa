"""What speaks against one offer: each hard filter that rules it out, in a sentence."""

from collections.abc import Mapping

from shared.wording.codes import letters
from shared.wording.speech import Speech
from shared.wording.tongue import mark as _

_AGAINST: Mapping[str, str] = {
    "inactive": _("The offer is not open now: it is being checked, paused or closed."),
    "own-organisation": _("The offer comes from the organisation that asks, and nobody learns from themselves."),
    "excluded": _("The organisation was ruled out, by the applicant's wish or for a conflict of interest."),
    "same-country": _("Both places are in the same country, and peers from the same country were not asked for."),
    "answers-another": _("The offer was made in answer to another request."),
    "earlier-proposal": _("The offer was proposed for this request before, and nothing came of it."),
    "knowledge": _("The offer and the request have no theme and no purpose in common."),
    "mode": _("The kind of exchange that is asked for is not offered."),
    "language": _("There is no language in which both sides can work (level B2 or better), and no interpretation."),
    "window": _(
        "Both sides have too few days in common for such an exchange, or the expert has too few left that year."
    ),
    "capacity": _("The offer has no room for another exchange: all that it allows are taken."),
}


def against(speech: Speech, code: str) -> str:
    """Why a hard filter rules one offer out, in a sentence; the letters of a filter that is not known here."""
    return speech.say(_AGAINST[code]) if code in _AGAINST else letters(code)
