"""The portal's JSON API: tokens, their keys, and cases."""

from fastapi import APIRouter

from services.portal.http_api import cases
from services.portal.http_api.tokens import TokenDesk, token_router


def api_router(desk: TokenDesk) -> APIRouter:
    """Every route of the JSON API."""
    router = APIRouter()
    router.include_router(token_router(desk))
    router.include_router(cases.router)
    return router
