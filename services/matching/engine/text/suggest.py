"""The door: a text goes in, suggestions come out."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.matching.engine.text.finding import terms_in
from services.matching.engine.text.language import SUPPORTED, language_of
from services.matching.engine.text.lexicon import lexicon
from services.matching.engine.text.scoring import LEAST_CONFIDENCE, MOST, Evidence, Kind, Scored, evidence, scores
from services.matching.engine.text.values import Suggestion, Suggestions
from services.matching.engine.text.words import words

# In code points. The 300 words of a challenge are some 2,000 of them, at most 6,000.
LONGEST = 10_000
CLEARLY_MORE = 1.5
# Of so many words or fewer, one that is a term is enough; of more, this share.
TITLE = 6
LEAST_DENSITY = 0.2


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as the lexicon has it: its language if that can be told, how many words, what they say."""

    language: str | None
    words: int
    evidence: list[Evidence]


def suggest(text: str, language: str | None = None) -> Suggestions:
    """What the text speaks of: up to three themes, SDGs and DAC codes, each with its confidence and its phrases.

    `language` is what the caller believes the text to be in, a code such as `es`; others than es, en, fr, pt and nl are
    no help. Only the first 10,000 code points are read. A text in no known language, without a word or without a
    term has no suggestions. The same text always has the same.
    """
    reading = read(text, language)
    return Suggestions(
        language=reading.language,
        read=min(len(text), LONGEST),
        themes=tuple(Suggestion(one.code, sure, one.because) for one, sure in _best(reading, "themes")),
        sdgs=tuple(Suggestion(int(one.code), sure, one.because) for one, sure in _best(reading, "sdgs")),
        dac=tuple(Suggestion(one.code, sure, one.because) for one, sure in _best(reading, "dac")),
    )


def is_ready() -> bool:
    """Whether every lexicon has been read."""
    return lexicon.cache_info().currsize == len(SUPPORTED)


def make_ready() -> None:
    """Read the lexicons now; otherwise each is read when it is first needed. Takes 20 ms each, once in a process."""
    for language in SUPPORTED:
        lexicon(language)


def read(text: str, language: str | None = None) -> Reading:
    """The text's language and what its terms say.

    If several languages are possible, it is read in the one where its terms say the most, and if that is clearly more
    than in any other, they tell its language. A word that happens to be a term says nothing about a whole sentence
    without small words; a title or a list of keywords consists of terms.
    """
    found = words(text[:LONGEST])
    told = language_of(found, language)
    readings = [(possible, evidence(terms_in(found, lexicon(possible)))) for possible in told.possible]
    readings.sort(key=lambda each: -_weight(each[1]))
    (best, said), (_, second) = (*readings, (None, []), (None, []))[:2]
    if not told.clear and len(found) > TITLE and len({one.term.start for one in said}) < LEAST_DENSITY * len(found):
        return Reading(told.language, len(found), [])
    clearly = _weight(said) > CLEARLY_MORE * _weight(second)
    return Reading(told.language or (best if clearly else None), len(found), said)


def _weight(found: Sequence[Evidence]) -> float:
    return sum(one.weight for one in found)


def _best(reading: Reading, kind: Kind) -> list[tuple[Scored, float]]:
    found = scores(reading.evidence, kind, reading.words)
    sure = [(one, round(one.confidence(kind), 2)) for one in found]
    return sorted((each for each in sure if each[1] >= LEAST_CONFIDENCE), key=lambda each: -each[1])[:MOST]
