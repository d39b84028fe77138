"""The portal's own style sheet, script and icon, and the answer to every other path below it."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse, HTMLResponse

from models.database.portal.links import PATH
from starter.portal.errors import Nothing, PortalRoute, nothing

_FOLDER = Path(__file__).parent / "assets"
_KINDS = {"portal.css": "text/css", "seen.js": "text/javascript", "icon.svg": "image/svg+xml"}

router = APIRouter(prefix=PATH, include_in_schema=False, route_class=PortalRoute)
anything_else = APIRouter(prefix=PATH, include_in_schema=False, route_class=PortalRoute)
"""Comes after every other router of the portal."""


@router.get("/assets/{name}")
async def asset(name: str) -> FileResponse:
    """Return a file. It is the same for everybody, and may be kept for an hour."""
    if name not in _KINDS:
        raise Nothing
    headers = {"Cache-Control": "public, max-age=3600"}
    return FileResponse(_FOLDER / name, headers=headers, media_type=_KINDS[name])


@anything_else.api_route("", methods=["GET", "HEAD", "POST"])
@anything_else.api_route("/{path:path}", methods=["GET", "HEAD", "POST"])
async def unknown(path: str = "") -> HTMLResponse:
    """Answer like a link that opens nothing."""
    return nothing()
