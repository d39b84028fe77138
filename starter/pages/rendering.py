"""Pages for people: rendered here, without a script, with nothing from elsewhere."""

from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

HERE = Path(__file__).parent / "templates"
STRICT = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
router = APIRouter(include_in_schema=False)
_environment = Environment(
    loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)
_STYLE = (HERE / "pages.css").read_text()


def page(template: str, status: HTTPStatus = HTTPStatus.OK, **fields: Any) -> HTMLResponse:
    """Return a page. Every field is escaped."""
    shown = _environment.get_template(template).render(fields)
    return HTMLResponse(shown, status, {"Content-Security-Policy": STRICT})


@router.get("/pages.css")
def style() -> Response:
    """Return how the pages look."""
    return Response(_STYLE, media_type="text/css", headers={"Cache-Control": "public, max-age=300"})
