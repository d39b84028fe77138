"""The link of an approver: reading shows exactly what would be sent and changes nothing; only a signed-in person decides.

Mail filters open links, run the scripts of pages and even send their forms, so that being asked proves nothing.
"""

import logging
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from sqlmodel import Session

from models.approving import Refusal
from models.database import events
from models.database.engine import transaction
from models.database.events import Origin
from models.database.permission import approval_links, approvals
from models.database.permission.approvals import refused, subject_of
from models.database.staff_sessions import SOURCE
from models.database.tables.approvals import Approval, ApprovalLink
from models.event_kinds import EventKind
from models.terms import DecisionKind
from starter.console.approval_sheet import sentence, sheet_of
from starter.console.approvals import READ, reason_given, said_of
from starter.console.frame import page
from starter.console.routing import PageRoute
from starter.console.signing_in import doors
from starter.console.visiting import MaybeVisit, Visit, counted_anew
from starter.resources import Resources, Uses
from starter.signed_in import Browser, Browsing

log = logging.getLogger(__name__)
router = APIRouter(prefix="/a", include_in_schema=False, route_class=PageRoute)
_STATUS = {
    Refusal.UNKNOWN_LINK: HTTPStatus.NOT_FOUND,
    Refusal.NO_SESSION: HTTPStatus.UNAUTHORIZED,
    Refusal.NO_GESTURE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Refusal.LINK_USED: HTTPStatus.GONE,
    Refusal.LINK_EXPIRED: HTTPStatus.GONE,
    Refusal.SUPERSEDED: HTTPStatus.GONE,
    Refusal.EXPIRED: HTTPStatus.GONE,
    Refusal.WORDING_CHANGED: HTTPStatus.CONFLICT,
    Refusal.AUDIENCE_CHANGED: HTTPStatus.CONFLICT,
    Refusal.SECOND_PERSON: HTTPStatus.CONFLICT,
}
"""Everything else is forbidden."""


@router.api_route("/{token}", methods=["GET", "HEAD"])
def show(token: str, request: Request, visit: MaybeVisit, uses: Uses) -> Response:
    """Show what would be sent. Recorded, and without any effect."""
    with transaction(uses.engine) as session:
        link = approval_links.find(session, token)
        if link is None:
            return _refusal(visit, Refusal.UNKNOWN_LINK)
        approval = session.get_one(Approval, link.approval_id)
        by, facts = _whoever(visit), {"approval": str(approval.id), "method": request.method}
        events.record(session, EventKind.APPROVAL_SHOWN, by, subject_of(approval), **facts)
        useless = approval_links.state_of(session, link)
        return _refusal(visit, useless) if useless else _wording(session, token, link, visit, uses)


@router.post("/{token}")
def decide(
    token: str,
    browser: Browsing,
    visit: MaybeVisit,
    uses: Uses,
    csrf: Annotated[str, Form()] = "",
    decision: Annotated[str, Form()] = "",
    have_read: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Decide once, if the person who is signed in may. Every refused attempt is recorded."""
    with transaction(uses.engine) as session:
        link = approval_links.find(session, token)
        if link is None:
            return _refusal(visit, Refusal.UNKNOWN_LINK)
        by, approval = _whoever(visit), session.get_one(Approval, link.approval_id)
        refusal = _not_a_person(browser, csrf, decision, have_read, reason)
        if refusal is not None:
            refused(session, approval, refusal, by)
        else:
            kind = DecisionKind(decision)
            said = reason_given(kind, have_read, reason) or READ
            refusal = approval_links.decide_by_link(session, link, kind, by, said).refusal
        if refusal in (Refusal.NO_SESSION, Refusal.NO_GESTURE):
            return _wording(session, token, link, visit, uses, _STATUS[refusal], refusal)
        if refusal is not None:
            return _refusal(visit, refusal)
        text = said_of(DecisionKind(decision), approvals.state_of(session, approval))
        now = counted_anew(session, visit) if visit else None
        return _private(page("said.html.jinja", now, title="Thank you", text=text))


def _not_a_person(browser: Browser, csrf: str, decision: str, have_read: str, reason: str) -> Refusal | None:
    """Return what shows that nobody has looked at the page and meant this, or None."""
    if browser.handle is None:
        return Refusal.NO_SESSION
    if not browser.sent(csrf):
        return Refusal.WRONG_CSRF
    meant = decision in set(DecisionKind) and reason_given(DecisionKind(decision), have_read, reason)
    return None if meant else Refusal.NO_GESTURE


def _whoever(visit: Visit | None) -> Origin:
    return Origin(SOURCE, visit.handle if visit else "nobody")


def _wording(
    session: Session,
    token: str,
    link: ApprovalLink,
    visit: Visit | None,
    uses: Resources,
    status: HTTPStatus = HTTPStatus.OK,
    refusal: Refusal | None = None,
) -> Response:
    sheet = sheet_of(session, link.approval_id, visit.handle if visit else None)
    theirs = visit is None or visit.handle == link.approver
    return _private(
        page(
            "approval.html.jinja",
            visit,
            status,
            sheet=sheet,
            action=f"/a/{token}",
            theirs=theirs,
            doors=doors(uses),
            problem=sentence(refusal),
        )
    )


def _refusal(visit: Visit | None, refusal: Refusal) -> Response:
    log.info("a link led to no decision", extra={"reason": refusal.name.lower()})
    status = _STATUS.get(refusal, HTTPStatus.FORBIDDEN)
    return _private(page("said.html.jinja", visit, status, title="Nothing was decided", text=sentence(refusal)))


def _private(response: Response) -> Response:
    # The address holds the token.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
