"""What texts seem to speak of. Nothing is read or written: the answer depends on the text alone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from services.matching.engine.text.suggest import is_ready, make_ready, suggest
from services.matching.rules import access
from services.matching.rules.suggestions import SuggestionsView, suggestions_view
from shared.primitives.actor import Actor
from shared.primitives.errors import require

# Taken by one text at a time, whatever number of batches are under way: between two texts everybody else has a turn.
_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class WrittenText:
    """A text, and the language that its writer or their form believes it to be in."""

    text: str
    language: str | None = None


def suggest_from_texts(actor: Actor, texts: Sequence[WrittenText]) -> AsyncIterator[SuggestionsView]:
    """The suggestions for each text, in the order of the texts, each as soon as it is found. Denied at once."""
    require(access.may(actor, "ask for suggestions"), "ask for suggestions")
    return _each(texts)


async def _each(texts: Sequence[WrittenText]) -> AsyncIterator[SuggestionsView]:
    """One text takes a millisecond. A thread would cost the others more: it gives the interpreter back every 5 ms."""
    if not is_ready():
        await asyncio.to_thread(make_ready)
    turn = _TURNS.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    for written in texts:
        async with turn:
            await asyncio.sleep(0)
            found = suggestions_view(written.text, suggest(written.text, written.language))
        yield found
