"""Forms as browsers send them, read no further than people can have written."""

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs

from fastapi import Request

MOST_BYTES = 100_000  # 6,000 characters of any script, escaped for the way, and all the fields around them
MOST_FIELDS = 300

Fields = Mapping[str, Sequence[str]]


class TooLarge(Exception):
    """The form has more bytes or fields than any page asks for. It was not read to its end."""


async def read_form(request: Request) -> Fields:
    """The fields of a form, with the values of each in their order. Raises TooLarge."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise TooLarge
    try:
        return parse_qs(body.decode(errors="replace"), max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise TooLarge from error


def line(fields: Fields, name: str) -> str:
    """One line of text: the first value of a field, or nothing."""
    return " ".join(text(fields, name).split())


def text(fields: Fields, name: str) -> str:
    """A text as it was written, with one character at the end of each line and without NULs, which nothing can hold."""
    return next(iter(fields.get(name, ())), "").replace("\r\n", "\n").replace("\0", "")
