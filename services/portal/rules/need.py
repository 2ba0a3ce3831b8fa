"""What somebody writes of their need, held to the limits of the application form."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MOST_TITLE = 100  # characters
MOST_WORDS = 300
MOST_CHARACTERS = 6000  # of the challenge; 300 words have fewer in every language
FEW_WORDS = 8  # of so many or fewer, one more sentence says a lot more
LANGUAGES_READ = ("es", "en", "fr", "pt", "nl")  # in which matching finds themes


class Fault(StrEnum):
    """What is wrong with a text or a choice."""

    NOTHING_WRITTEN = "nothing-written"
    LONG_TITLE = "long-title"
    MANY_WORDS = "many-words"
    MANY_CHARACTERS = "many-characters"
    UNKNOWN_LANGUAGE = "unknown-language"
    NOTHING_CHOSEN = "nothing-chosen"
    MANY_CHOSEN = "many-chosen"
    NOT_IN_THE_LIST = "not-in-the-list"


@dataclass(frozen=True, slots=True)
class Need:
    """A title and a challenge, and their language if the writer has said it (else empty)."""

    title: str = ""
    challenge: str = ""
    language: str = ""

    @property
    def words(self) -> int:
        """How many words the challenge has, as the application form counts them."""
        return len(self.challenge.split())

    @property
    def text(self) -> str:
        """All of it, the title first, which says best what it is about."""
        return "\n\n".join(part for part in (self.title.strip(), self.challenge.strip()) if part)

    @property
    def is_short(self) -> bool:
        """Whether there is hardly anything to read."""
        return len(self.text.split()) <= FEW_WORDS


def faults_of(need: Need) -> Iterator[Fault]:
    """What is wrong with a text, in the order of the fields. An empty one has no fault in itself."""
    if len(need.title) > MOST_TITLE:
        yield Fault.LONG_TITLE
    if need.words > MOST_WORDS:
        yield Fault.MANY_WORDS
    elif len(need.challenge) > MOST_CHARACTERS:
        yield Fault.MANY_CHARACTERS
    if need.language and need.language not in LANGUAGES_READ:
        yield Fault.UNKNOWN_LANGUAGE
