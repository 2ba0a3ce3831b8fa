"""In which language a reader is answered."""

from typing import Annotated

from fastapi import Depends, Header, Query

from shared.wording.speech import Spoken, preferred


def reader_language(
    language: Annotated[Spoken | None, Query(description="of the words; else by the header")] = None,
    accept_language: Annotated[str | None, Header()] = None,
) -> str:
    """The language that was asked for, else the one that the browser likes best."""
    return language or preferred(accept_language)


Language = Annotated[str, Depends(reader_language)]
