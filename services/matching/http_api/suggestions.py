"""Suggestions from texts: parse, use case, reply."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator, BaseModel, Field

from services.matching import use_cases
from services.matching.engine.text.suggest import LONGEST
from services.matching.rules.suggestions import SuggestionsView
from services.matching.use_cases import WrittenText
from shared.http.body import Body
from shared.http.call import Call
from shared.vocabulary.languages import language

router = APIRouter()

MOST_TEXTS = 1000
# A thousand needs of 300 words have room in it; other bodies are held to the usual limit.
LARGER_BODIES = {"/v1/suggestions": 4_000_000}


class TextBody(Body):
    """The text of a need or an offer; `language` if it is known, as a BCP 47 tag."""

    text: str = Field(max_length=LONGEST)
    language: Annotated[str, Field(max_length=35), AfterValidator(lambda tag: language(tag).code)] | None = None


class SuggestionsBody(Body):
    """Texts that have nothing to do with each other."""

    texts: list[TextBody] = Field(min_length=1, max_length=MOST_TEXTS)


@router.post("/suggestions", response_model=list[SuggestionsView])
async def suggest(body: SuggestionsBody, call: Call) -> StreamingResponse:
    """Themes, SDGs and DAC codes that each text seems to speak of, in the order of the texts; nothing is stored."""
    texts = [WrittenText(one.text, one.language) for one in body.texts]
    found = use_cases.suggest_from_texts(call.actor, texts)
    return StreamingResponse(_as_array(found), media_type="application/json")


async def _as_array(views: AsyncIterator[BaseModel]) -> AsyncIterator[str]:
    """A JSON array, piece by piece: a thousand answers at once would hold everybody up while they are written."""
    before = "["
    async for view in views:
        yield before + view.model_dump_json()
        before = ","
    yield "]"
