"""Signing in with the API key of a member of staff, and out again."""

import logging
import re
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse, Response

from models.database import staff, staff_sessions
from models.database.engine import transaction
from starter import signed_in
from starter.pages.rendering import page
from starter.resources import Uses
from starter.signed_in import Browsing

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False)
_OURS = re.compile(r"/[A-Za-z0-9_-]+(/[A-Za-z0-9_.-]+)*(\?[A-Za-z0-9_.=&%+:-]*)?")
"""A path of this service. Anything else could lead a person who has just signed in to another site."""
START = "/console"


@router.get("/sign-in")
def form(browser: Browsing, onward: str = START) -> Response:
    """Show the form, or who is signed in."""
    return page("sign_in.html", handle=browser.handle, csrf=browser.csrf, onward=_ours(onward), problem="")


@router.post("/sign-in")
def sign_in(
    browser: Browsing, uses: Uses, api_key: Annotated[str, Form()] = "", onward: Annotated[str, Form()] = START
) -> Response:
    """Begin a session if the key is that of an active member of staff."""
    onward = _ours(onward)
    lasts = uses.settings.approvals.session
    with transaction(uses.engine) as session:
        found = None if browser.comes_from_elsewhere else staff.by_api_key(session, api_key.strip())
        token = staff_sessions.begin(session, found, lasts) if found else None
    if token is None:
        log.warning("a sign-in was refused")
        problem = "This is not the key of an active member of staff."
        return page("sign_in.html", HTTPStatus.FORBIDDEN, handle=None, csrf="", onward=onward, problem=problem)
    answer = RedirectResponse(onward, HTTPStatus.SEE_OTHER)
    signed_in.keep(answer, uses, token, lasts)
    return answer


@router.post("/sign-out")
def sign_out(browser: Browsing, uses: Uses, csrf: Annotated[str, Form()] = "") -> Response:
    """End the session of this browser."""
    if not browser.sent(csrf):
        return page("said.html", HTTPStatus.FORBIDDEN, title="Nothing was changed", text="Open the page again.")
    with transaction(uses.engine) as session:
        staff_sessions.end(session, browser.cookie)
    answer = RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    signed_in.forget(answer, uses)
    return answer


def _ours(onward: str) -> str:
    return onward if _OURS.fullmatch(onward) else START
