"""Matching's API: bodies, and routes that parse, call the use case and reply."""

from fastapi import APIRouter

from services.matching.http_api import calls, desk, proposals, rounds, suggestions
from services.matching.http_api.suggestions import LARGER_BODIES

__all__ = ["LARGER_BODIES", "router"]

router = APIRouter(prefix="/v1", tags=["matching"])
for _part in (proposals, calls, desk, rounds, suggestions):
    router.include_router(_part.router)
