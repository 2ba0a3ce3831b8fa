"""Exceptions as values for a log line: type, message and frames, the failure first and then what caused it.

Libraries repeat the data they choked on in their messages (PostgreSQL prints the failing row, pydantic the input),
and such data may name a person; `without_data` takes it out, and every message passes through it.
"""

import re
import traceback
from collections.abc import Iterator
from pathlib import Path

MESSAGE_LIMIT = 500
FRAME_LIMIT = 15
CHAIN_LIMIT = 8

_DATA_IN_MESSAGES = (
    # PostgreSQL shows the key or the whole row that broke a constraint, and asyncpg appends it to the message.
    (re.compile(r"\s*\b(?:DETAIL|CONTEXT):.*", re.DOTALL), ""),
    # pydantic repeats the input beside its type.
    (re.compile(r"input_value=.*?, input_type=", re.DOTALL), "input_value=…, input_type="),
    # asyncpg repeats an argument of the wrong type before it says, in brackets, what it expected.
    (re.compile(r"(invalid input for query argument \$\d+): .*(?= \()", re.DOTALL), r"\1: …"),
    # PostgreSQL repeats, in quotes, what it could not read as a type.
    (re.compile(r"(invalid input (?:syntax|value) for [^:]+): \".*\"", re.DOTALL), r"\1: …"),
)


def without_data(text: str) -> str:
    """The message without the data that well-known libraries put into it, cut to MESSAGE_LIMIT characters."""
    for pattern, replacement in _DATA_IN_MESSAGES:
        text = pattern.sub(replacement, text)
    return text if len(text) <= MESSAGE_LIMIT else text[: MESSAGE_LIMIT - 1] + "…"


def describe(error: BaseException) -> list[dict[str, object]]:
    """One entry per exception of the chain, the one that was raised last first.

    Each entry: `type` (with its module), `message` (without data) and `frames` ("services/intake/rules.py:31 judge",
    innermost last, at most FRAME_LIMIT). The members of an exception group follow their group. No local variables.
    """
    chain = (found for found, _ in zip(_chain(error, set()), range(CHAIN_LIMIT), strict=False))
    return [
        {
            "type": f"{type(link).__module__}.{type(link).__qualname__}".removeprefix("builtins."),
            "message": without_data(str(link)),
            "frames": _frames(link),
        }
        for link in chain
    ]


def _chain(error: BaseException, seen: set[int]) -> Iterator[BaseException]:
    if id(error) in seen:
        return
    seen.add(id(error))
    yield error
    if isinstance(error, BaseExceptionGroup):
        for member in error.exceptions:
            yield from _chain(member, seen)
    origin = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if origin is not None:
        yield from _chain(origin, seen)


def _frames(error: BaseException) -> list[str]:
    summary = traceback.extract_tb(error.__traceback__)[-FRAME_LIMIT:]
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in summary]


def _short(filename: str) -> str:
    """The path as a reader knows it: from the package of a library, or from the folder that the process runs in."""
    _, library, rest = filename.rpartition("/site-packages/")
    if library:
        return rest
    path = Path(filename)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else filename
