"""Answers for people: a template in their language, with the headers that every page has."""

import gzip
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.portal.assets.built import Assets, read_assets
from services.portal.pages.speech import speech
from shared.wording.speech import LANGUAGES, Speech

TEMPLATES = Path(__file__).parent.parent / "templates"

# Scripts, styles and pictures come from here only, none of them inline; Pico has its small icons in data: addresses.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
WORTH_COMPRESSING = 600  # bytes


@cache
def assets() -> Assets:
    """The built files, read once. Raises NotBuilt."""
    return read_assets()


@cache
def _environment(language: str) -> Environment:
    """The templates of one language. They fail on a value that is missing, and escape every value."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    spoken = speech(language)
    environment.install_gettext_translations(spoken.catalogue, newstyle=True)  # type: ignore[attr-defined]
    environment.globals |= {"speech": spoken, "asset": lambda name: assets().address(name)}
    return environment


def render(language: str, template: str, values: Mapping[str, Any]) -> str:
    """The template's text."""
    return _environment(language).get_template(template).render(**values)


def page(request: Request, spoken: Speech, template: str, *, status: int = 200, **values: Any) -> Response:
    """A whole page. `values` are the template's; the addresses of the same page in other languages are added."""
    path = request.url.path
    rest = path.removeprefix(f"/{spoken.language}") if path.startswith(f"/{spoken.language}/") else "/"
    query = f"?{request.url.query}" if request.url.query else ""
    addresses = {language: f"/{language}{rest}{query}" for language in LANGUAGES}
    body = render(spoken.language, template, {"addresses": addresses, "path": rest, **values}).encode()
    headers = {
        **HEADERS,
        "Content-Language": spoken.language,
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
    }
    if "gzip" in request.headers.get("Accept-Encoding", "") and len(body) > WORTH_COMPRESSING:
        body = gzip.compress(body, 5, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, status, headers, media_type="text/html")
