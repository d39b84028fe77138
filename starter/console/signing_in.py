"""Signing in with the name and password of a local account, or at the identity provider; and out again."""

import logging
import re
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from models.database import staff_passwords, staff_sessions
from models.database.engine import transaction
from models.database.staff_sessions import Way
from models.database.tables.people import Staff
from starter import signed_in
from starter.console.frame import page
from starter.console.navigation import HOME
from starter.console.routing import PageRoute
from starter.console.visiting import MaybeVisit, Visit
from starter.problems import Problem
from starter.resources import Resources, Uses
from starter.signed_in import Browsing

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False, route_class=PageRoute)
_OURS = re.compile(r"/[A-Za-z0-9_-]+(/[A-Za-z0-9_.-]+)*(\?[A-Za-z0-9_.=&%+:-]*)?")
"""A path of this service. Anything else could lead a person who has just signed in to another site."""
WRONG = "This is not the name and password of an active member of staff."
TOO_OFTEN = "There were too many attempts with this name or from this address. Wait a minute, then try again."


@router.get("/sign-in")
def form(visit: MaybeVisit, uses: Uses, onward: str = HOME) -> Response:
    """Show the ways to sign in, or who is signed in."""
    return sign_in_page(uses, visit, ours(onward))


@router.post("/sign-in")
def sign_in(
    request: Request,
    browser: Browsing,
    uses: Uses,
    handle: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    onward: Annotated[str, Form()] = HOME,
) -> Response:
    """Begin a session if the password is that of an active member of staff."""
    if not uses.settings.permits_local_accounts:
        raise Problem(HTTPStatus.FORBIDDEN, "local accounts are switched off here; sign in at the identity provider")
    handle, address = handle.strip(), request.client.host if request.client else ""
    if not uses.sign_in_attempts.allows(handle, address):
        _refused(uses, "too_many_attempts")
        return sign_in_page(uses, None, ours(onward), HTTPStatus.TOO_MANY_REQUESTS, TOO_OFTEN)
    with transaction(uses.engine) as session:
        found = None if browser.comes_from_elsewhere else staff_passwords.by_password(session, handle, password)
    if found is None:
        uses.sign_in_attempts.failed(handle, address)
        _refused(uses, "wrong_password")
        return sign_in_page(uses, None, ours(onward), HTTPStatus.FORBIDDEN, WRONG)
    return begin(uses, found, Way.PASSWORD, onward)


@router.post("/sign-out")
def sign_out(browser: Browsing, uses: Uses, csrf: Annotated[str, Form()] = "") -> Response:
    """End the session of this browser."""
    if not browser.sent(csrf):
        raise Problem(HTTPStatus.FORBIDDEN, "nothing was changed; open the page again and sign out there")
    with transaction(uses.engine) as session:
        staff_sessions.end(session, browser.cookie)
    answer = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    signed_in.forget(answer, uses)
    return answer


def begin(uses: Resources, staff: Staff, way: Way, onward: str) -> Response:
    """Begin a session and lead on."""
    lasts = uses.settings.approvals.session
    with transaction(uses.engine) as session:
        token = staff_sessions.begin(session, staff, lasts, way)
    answer = RedirectResponse(ours(onward), HTTPStatus.SEE_OTHER)
    signed_in.keep(answer, uses, token, lasts)
    return answer


def ours(onward: str) -> str:
    """Return where to go after the sign-in, if that is here; else the first page."""
    return onward if _OURS.fullmatch(onward) else HOME


def sign_in_page(
    uses: Resources, visit: Visit | None, onward: str, status: HTTPStatus = HTTPStatus.OK, problem: str = ""
) -> Response:
    """Return the page with the ways to sign in, or with who is signed in. `problem` says why the last attempt failed."""
    return page("sign_in.html.jinja", visit, status, onward=onward, problem=problem, doors=doors(uses))


def doors(uses: Resources) -> dict[str, bool]:
    """Return which ways to sign in there are, for the form."""
    return {"local": uses.settings.permits_local_accounts, "provider": uses.identity_provider is not None}


def _refused(uses: Resources, code: str) -> None:
    log.warning("a sign-in was refused", extra={"reason": code})
    with transaction(uses.engine) as session:
        staff_sessions.refused(session, code)
