"""The page that finds themes, as tests send it and read it."""

from typing import Any

import httpx

from tests.integration.portal.sent_forms import form_of

TITLE = "Waste that nobody collects"
CHALLENGE = "Household waste is burned in our streets. We have no landfill and no plan for recycling."
TEXT = {"title": TITLE, "challenge": CHALLENGE}
SUGGEST, USE, BY_HAND = {"do": "suggest"}, {"do": "use"}, {"do": "by-hand"}


async def sends(client: httpx.AsyncClient, fields: dict[str, Any], language: str = "en") -> httpx.Response:
    return await client.post(f"/{language}/themes", data=fields)


def boxes(page: httpx.Response) -> dict[str, bool]:
    """Every box by its key, and whether it is ticked."""
    return form_of(page.text).boxes


def fields(page: httpx.Response) -> dict[str, Any]:
    """What the page's form would be sent with."""
    return dict(form_of(page.text).fields)


def keeps(page: httpx.Response) -> bool:
    """Whether the text is there to go on with."""
    return (fields(page)["title"], fields(page)["challenge"]) == ([TITLE], [CHALLENGE])
