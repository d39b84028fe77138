"""The pages of staff: rendered here, escaped always, with one style sheet, and scripts only to keep them live."""

import json
import re
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from models.outcomes import money
from models.plurals import counted
from starter.console.visiting import Visit
from starter.portal import rendering
from starter.words import spoken

HERE = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_TEMPLATES = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*[+-]\d\d:\d\d$")
_CODE = re.compile(r"[a-z]+(_[a-z]+)+")
_UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1)))


def page(name: str, visit: Visit | None, status: int = HTTPStatus.OK, **values: Any) -> HTMLResponse:
    """Return a page made from a template; `values` are escaped.

    Args:
        name: of the template, such as `runs.html.jinja`.
        visit: who looks; None for pages that nobody must sign in for.
        status: of the answer.
        values: what the template shows.
    """
    return HTMLResponse(_TEMPLATES.get_template(name).render(values | {"visit": visit}), status, HEADERS)


@cache
def asset(name: str) -> str:
    """Return the address of an asset. It changes with what is in it, so that browsers may keep it."""
    return f"/console/assets/{name}?v={sha256((HERE / 'assets' / name).read_bytes()).hexdigest()[:12]}"


@pass_context
def moment(context: Context, at: datetime | str) -> Markup:
    """Return a moment in the visitor's zone, such as `Nov 3, 2026, 8:05 AM MST`."""
    visit = context.get("visit")
    shown = rendering.moment(at, visit.zone if visit else "UTC")
    return Markup('<time datetime="{}">{}</time>').format(_aware(at).isoformat(), shown)


@pass_context
def instant(context: Context, at: datetime | str) -> Markup:
    """Return a moment to the second, for evidence: what happened within a minute, and in which order."""
    visit = context.get("visit")
    local = _aware(at).astimezone(ZoneInfo(visit.zone if visit else "UTC"))
    shown = f"{local:%b} {local.day}, {local.year}, {local.hour % 12 or 12}:{local:%M:%S %p %Z}"
    return Markup('<time datetime="{}">{}</time>').format(local.isoformat(), shown)


@pass_context
def fact(context: Context, value: Any) -> str:
    """Return a stored value as people read it: moments in their zone, codes with spaces, lists and objects as JSON."""
    if isinstance(value, str):
        return (
            instant(context, value)
            if _MOMENT.match(value)
            else value.replace("_", " ")
            if _CODE.fullmatch(value)
            else value
        )
    return str(value) if isinstance(value, int | float) else json.dumps(value)


def ago(at: datetime | str) -> Markup:
    """Return how long ago a moment was, or in how long it will be, such as `3 h ago` and `in 20 min`."""
    distance = datetime.now(UTC) - _aware(at)
    length = abs(distance)
    unit = next(((name, size) for name, size in _UNITS if length >= size), None)
    amount = f"{length // unit[1]} {unit[0]}" if unit else ""
    said = "just now" if not amount else f"{amount} ago" if distance > timedelta(0) else f"in {amount}"
    return Markup('<time datetime="{}">{}</time>').format(_aware(at).isoformat(), said)


def _aware(at: datetime | str) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at


_TEMPLATES.filters |= {
    "moment": moment,
    "instant": instant,
    "fact": fact,
    "ago": ago,
    "words": spoken,
    "paragraphs": rendering.paragraphs,
    "money": money.in_words,
}
_TEMPLATES.globals |= {"asset": asset, "counted": counted}
