"""What is asked. An instrument is a list of items under a version, and a survey keeps the version it was opened with.

Never change the items of a version that was used: add a version, so that old answers keep their meaning.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.events.evaluation import SurveyKind

GUIDING_QUESTIONS = 3
THEN = "-then"


class AnswerKind(StrEnum):
    """How an item is answered: from 1 (low, poor) to 5 (high, very good), in words, or with the baseline number."""

    RATING = "rating"
    TEXT = "text"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is asked. `asks` is the English wording; pages have their own, in the reader's language."""

    item: str
    asks: str
    answer: AnswerKind = AnswerKind.RATING
    required: bool = True


@dataclass(frozen=True, slots=True)
class Instrument:
    """One version of the items of one kind of survey."""

    kind: SurveyKind
    version: int
    items: tuple[Item, ...]

    def of(self, answer: AnswerKind) -> Mapping[str, Item]:
        """The items that are answered in this way, by name."""
        return {item.item: item for item in self.items if item.answer is answer}


def _per_question(name: str, asks: str) -> tuple[Item, ...]:
    return tuple(Item(name.format(number), asks.format(number)) for number in range(1, GUIDING_QUESTIONS + 1))


BEFORE = Instrument(
    SurveyKind.BEFORE,
    1,
    (
        *_per_question("confidence-{}", "How confident are you today that you can answer guiding question {}?"),
        Item("expectations", "What do you expect to take home?", AnswerKind.TEXT),
        Item("baseline", "What is the baseline number of the application today?", AnswerKind.NUMBER, required=False),
    ),
)

# A day's survey is answered in a minute, so it has three items at most.
PULSE = Instrument(
    SurveyKind.PULSE,
    1,
    (
        Item("useful-today", "How useful was today for your own work?"),
        Item("understood-today", "How well did you and your peers understand each other today?"),
        Item("organised-today", "How well was today organised?"),
    ),
)

# The "then" items ask again about the time before, with what is known now: whoever learns a lot often finds out how
# little they knew, which hides the gain when today is compared with the first answer alone (response shift).
# The last six are the evaluation criteria of the OECD's Development Assistance Committee.
AFTER = Instrument(
    SurveyKind.AFTER,
    1,
    (
        Item("satisfaction", "How satisfied are you with the exchange as a whole?"),
        Item("recommendation", "How strongly would you recommend such an exchange to a colleague?"),
        Item("learning", "How much did you learn that you did not know?"),
        *_per_question("confidence-{}", "How confident are you today that you can answer guiding question {}?"),
        *_per_question(
            "confidence-{}" + THEN,
            "Looking back, how confident were you really before the exchange about guiding question {}?",
        ),
        Item("relevance", "How well did the exchange fit what your organisation needs?"),
        Item("coherence", "How well did it fit with other work that is going on?"),
        Item("effectiveness", "How far did it reach what you wanted?"),
        Item("efficiency", "How well were time and money used?"),
        Item("impact", "How much do you expect to change because of it?"),
        Item("sustainability", "How likely is it that the change lasts?"),
        Item("most-useful", "What was most useful?", AnswerKind.TEXT, required=False),
        Item(
            "least-useful", "What did not work, and what should be done differently?", AnswerKind.TEXT, required=False
        ),
    ),
)

INSTRUMENTS: Mapping[tuple[SurveyKind, int], Instrument] = {
    (instrument.kind, instrument.version): instrument for instrument in (BEFORE, PULSE, AFTER)
}


def current(kind: SurveyKind, instruments: Iterable[Instrument] = tuple(INSTRUMENTS.values())) -> Instrument:
    """The instrument that a survey opened now gets: the highest version of its kind."""
    return max((one for one in instruments if one.kind is kind), key=lambda one: one.version)
