"""The built files: named by their contents, so that a browser asks for each only once."""

from fastapi import Request
from fastapi.responses import Response

from services.portal.assets.built import ENCODINGS
from services.portal.pages.render import assets
from shared.primitives.errors import NotFound

FOREVER = "public, max-age=31536000, immutable"


async def static(request: Request, name: str) -> Response:
    """A built file in the best encoding that the browser takes. Raises NotFound for any other name."""
    file = assets().files.get(name)
    if file is None:
        raise NotFound("unknown-file", "There is no such file.")
    accepted = {part.partition(";")[0].strip() for part in request.headers.get("Accept-Encoding", "").split(",")}
    encoding = next((known for known in ENCODINGS if known in accepted and known in file.bodies), "identity")
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    if encoding != "identity":
        headers["Content-Encoding"] = encoding
    return Response(file.bodies[encoding], headers=headers, media_type=file.media_type)
