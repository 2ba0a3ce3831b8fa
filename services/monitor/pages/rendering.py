"""Templates, the stylesheet and the script, and the headers that go with them."""

import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from services.monitor.pages import words
from services.monitor.pages.chart import chart

ROOM = Path(__file__).parent.parent
STATIC = ROOM / "static"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
SAFE = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


# Files by the name in their address, which changes with their content, so that browsers may keep them for good.
ASSETS = {f"{path.stem}-{_digest(path)}{path.suffix}": path for path in STATIC.iterdir() if path.suffix in TYPES}


def asset(name: str) -> str:
    """The address of a file in the static folder."""
    stem, _, suffix = name.rpartition(".")
    return next(f"/static/{key}" for key, path in ASSETS.items() if path.name == f"{stem}.{suffix}")


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(ROOM / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": words.number,
        "duration": words.duration,
        "ago": words.ago,
        "clock": words.clock,
        "day_and_time": words.day_and_time,
        "within": words.within,
    }
    environment.globals |= {"asset": asset, "chart": chart, "plural": words.plural, "stale": words.stale}
    return environment


TEMPLATES = _environment()


def page(template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page that nobody keeps: what it shows is old in seconds."""
    html = TEMPLATES.get_template(template).render(**values)
    return HTMLResponse(html, status, headers=SAFE | {"Cache-Control": "no-store"})


def file(name: str) -> Response | None:
    """A static file by the name in its address, or None if there is none such."""
    path = ASSETS.get(name)
    if path is None:
        return None
    headers = SAFE | {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(path.read_bytes(), media_type=TYPES[path.suffix], headers=headers)
