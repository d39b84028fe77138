"""Who may have payloads opened: by which page, with which sign-in, in which role.

A page is told by its `Origin`, about which browsers do not lie, and may send the cookie of a signed-in session along
(`credentials: "include"`, https://fetch.spec.whatwg.org/#credentials). That cookie is SameSite=Lax: the Temporal UI and
this service must be on one site, such as temporal.example.com and comms.example.com, or two ports of one host. A
program, such as `temporal --codec-auth "Bearer …"`, sends no `Origin` and shows a key.
"""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request

from models.database import staff_sessions
from models.database.engine import transaction
from models.database.tables.people import Staff
from models.terms import Role
from starter.callers import Caller, Shown, caller_from, caller_of
from starter.problems import Problem
from starter.resources import Resources, Uses
from starter.signed_in import cookie_name

READ_PAYLOADS = frozenset({Role.APPROVER, Role.INCIDENT_OWNER, Role.ENGINEER})
"""Those who work in the Temporal UI: they decide there, hold what runs there, and look into histories there. Sales ops
and privacy reviewers read the same facts in the console, where they are shown with their words."""
_NAMESPACE = re.compile(r"[A-Za-z0-9._-]{1,128}")


@dataclass(frozen=True, slots=True)
class Reader:
    """Who may read payloads, and how they ask: `temporal_ui` or `temporal_cli`."""

    handle: str
    through: str


def _asking_page(request: Request, uses: Uses) -> str:
    """Return the page that asks; empty if it is a program. Raises Problem (403, 404), which no page may read."""
    allowed = uses.settings.api.codec_origins
    if not allowed:
        sentence = "the codec endpoint is off; name the Temporal UI in COMMS_API__CODEC_ORIGINS"
        raise Problem(HTTPStatus.NOT_FOUND, sentence)
    origin = request.headers.get("Origin", "")
    if origin and origin not in allowed:
        raise Problem(HTTPStatus.FORBIDDEN, "this page may not read payloads; see COMMS_API__CODEC_ORIGINS")
    return origin


AskingPage = Annotated[str, Depends(_asking_page)]
"""A route parameter that gets the origin of the page that asks, once it is one of ours; empty for a program."""


def _reader(request: Request, uses: Uses, shown: Shown, page: AskingPage) -> Reader:
    """Return who reads. Raises Problem (401, 403), which the page may read."""
    try:
        caller = _signed_in(request, uses, page) if page and shown is None else caller_of(request, uses, shown)
    except Problem as problem:
        raise Problem(problem.status, problem.detail, headers=(problem.headers or {}) | cors(page)) from None
    if not caller.may(READ_PAYLOADS):
        sentence = (
            f"to read payloads takes the role {' or '.join(sorted(READ_PAYLOADS))}; the console shows you the run"
        )
        raise Problem(HTTPStatus.FORBIDDEN, sentence, headers=cors(page))
    if caller.clients is not None:
        sentence = "payloads are of every client, and you work for some of them; the console shows you their runs"
        raise Problem(HTTPStatus.FORBIDDEN, sentence, headers=cors(page))
    return Reader(caller.handle, "temporal_ui" if page else "temporal_cli")


PayloadReader = Annotated[Reader, Depends(_reader)]
"""A route parameter that gets who may read payloads."""


def namespace_of(request: Request) -> str:
    """Return the namespace that the Temporal UI or CLI names; empty if it names none, or no possible one."""
    named = request.headers.get("X-Namespace", "")
    return named if _NAMESPACE.fullmatch(named) else ""


def cors(page: str) -> dict[str, str]:
    """Return what lets exactly this page read the answer; nothing for a program."""
    if not page:
        return {}
    return {
        "Access-Control-Allow-Origin": page,
        "Access-Control-Allow-Methods": "POST, OPTIONS",
        "Access-Control-Allow-Headers": "content-type, x-namespace, authorization, authorization-extras",
        "Access-Control-Allow-Credentials": "true",
        "Access-Control-Max-Age": "600",
        "Vary": "Origin",
    }


def _signed_in(request: Request, uses: Resources, page: str) -> Caller:
    cookie = request.cookies.get(cookie_name(uses), "")
    with transaction(uses.engine) as session:
        handle = staff_sessions.handle_of(session, cookie) if cookie else None
        person = session.get(Staff, handle) if handle else None
    if person is None:
        where = f"{uses.settings.public_base_url}/sign-in"
        sentence = f"sign in at {where} in this browser, then load {page} again; it must send credentials along"
        raise Problem(HTTPStatus.UNAUTHORIZED, sentence, headers={"WWW-Authenticate": "Bearer"})
    return caller_from(person)
