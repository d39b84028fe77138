"""The portal's pages: rendered here, escaped always, with one style sheet and one small script of our own."""

from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models.portal.posts import IN_WORDS, PostKind

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(
    name: str, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None, **values: Any
) -> HTMLResponse:
    """Return a page made from a template; `values` are escaped."""
    return HTMLResponse(_TEMPLATES.get_template(name).render(values), status, HEADERS | (headers or {}))


def moment(at: datetime | str, zone: str) -> str:
    """Return a moment in a client's zone, such as `Nov 3, 2026, 8:05 AM MST`."""
    local = (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(ZoneInfo(zone))
    return f"{local:%b} {local.day}, {local.year}, {local.hour % 12 or 12}:{local:%M %p %Z}"


def day(at: datetime | str, zone: str) -> str:
    """Return the day of a moment in a client's zone, such as `Nov 3, 2026`."""
    local = (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(ZoneInfo(zone))
    return f"{local:%b} {local.day}, {local.year}"


def kind(stored: str) -> str:
    """Return a kind of post as a client reads it."""
    return IN_WORDS[PostKind(stored)]


def paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a plain text."""
    return [block.strip() for block in text.replace("\r\n", "\n").split("\n\n") if block.strip()]


_TEMPLATES.filters |= {"moment": moment, "day": day, "kind": kind, "paragraphs": paragraphs}
