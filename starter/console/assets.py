"""The style sheet, the scripts and the icon of staff pages, and the answer to every path of the console that is not there."""

from http import HTTPStatus
from pathlib import Path

from fastapi.responses import FileResponse, Response

from starter.console.routing import console_router
from starter.console.visiting import Anybody
from starter.problems import Problem

_FOLDER = Path(__file__).parent / "assets"
_KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_NAMES = {path.name: path for path in _FOLDER.iterdir() if path.suffix in _KINDS}

router = console_router()
anything_else = console_router()
"""Comes after every other router of the console."""


@router.get("/console/assets/{name}")
async def asset(name: str) -> FileResponse:
    """Return a file. It is the same for everybody; pages name it with its version, so that it may be kept."""
    if name not in _NAMES:
        raise Problem(HTTPStatus.NOT_FOUND, "there is no such file")
    headers = {"Cache-Control": "public, max-age=86400"}
    return FileResponse(_NAMES[name], headers=headers, media_type=_KINDS[_NAMES[name].suffix])


@anything_else.get("/console/{path:path}")
def unknown(_: Anybody) -> Response:
    """Say that there is no such page, to whoever is signed in."""
    raise Problem(HTTPStatus.NOT_FOUND, "this address leads nowhere; see the menu for what there is")
