"""The link of an approver: reading shows exactly what would be sent and changes nothing; only a signed-in person decides.

Mail filters open links, run the scripts of pages and even send their forms, so that being asked proves nothing.
"""

import logging
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from models.approving import Refusal
from models.database import events
from models.database.engine import transaction
from models.database.events import Origin
from models.database.permission import approval_desk, approval_links, approvals, authority
from models.database.permission.approvals import refused, subject_of
from models.database.staff_sessions import SOURCE
from models.database.tables.approvals import Approval, ApprovalLink
from models.event_kinds import EventKind
from models.terms import ApprovalState, DecisionKind
from starter.api.fields import Reason
from starter.pages.rendering import page
from starter.resources import Uses
from starter.signed_in import Browser, Browsing

log = logging.getLogger(__name__)
router = APIRouter(prefix="/a", include_in_schema=False)
READ = "read in full"
_REASON: TypeAdapter[str] = TypeAdapter(Reason)
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
def show(token: str, request: Request, browser: Browsing, uses: Uses) -> Response:
    """Show what would be sent. Recorded, and without any effect."""
    with transaction(uses.engine) as session:
        link = approval_links.find(session, token)
        if link is None:
            return _refusal(Refusal.UNKNOWN_LINK)
        approval = session.get_one(Approval, link.approval_id)
        by, facts = _whoever(browser), {"approval": str(approval.id), "method": request.method}
        events.record(session, EventKind.APPROVAL_SHOWN, by, subject_of(approval), **facts)
        useless = approval_links.state_of(session, link)
        return _refusal(useless) if useless else _wording(session, token, approval, browser)


@router.post("/{token}")
def decide(
    token: str,
    browser: Browsing,
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
            return _refusal(Refusal.UNKNOWN_LINK)
        by, approval = _whoever(browser), session.get_one(Approval, link.approval_id)
        refusal = _not_a_person(browser, csrf, decision, have_read, reason)
        if refusal is not None:
            refused(session, approval, refusal, by)
        else:
            refusal = _decided(session, link, DecisionKind(decision), by, reason)
        if refusal is Refusal.NO_SESSION:
            return _wording(session, token, approval, browser, HTTPStatus.UNAUTHORIZED, refusal)
        if refusal is Refusal.NO_GESTURE:
            return _wording(session, token, approval, browser, _STATUS[refusal], refusal)
        if refusal is not None:
            return _refusal(refusal)
        return page("said.html", title="Thank you", text=_said(session, approval, DecisionKind(decision)))


def _not_a_person(browser: Browser, csrf: str, decision: str, have_read: str, reason: str) -> Refusal | None:
    """Return what shows that nobody has looked at the page and meant this, or None."""
    if browser.handle is None:
        return Refusal.NO_SESSION
    if not browser.sent(csrf):
        return Refusal.WRONG_CSRF
    meant = have_read if decision == DecisionKind.APPROVE else reason.strip()
    if decision not in set(DecisionKind) or not meant:
        return Refusal.NO_GESTURE
    try:
        _REASON.validate_python(reason or READ)
    except ValidationError:
        return Refusal.NO_GESTURE
    return None


def _decided(session: Session, link: ApprovalLink, decision: DecisionKind, by: Origin, reason: str) -> Refusal | None:
    said = _REASON.validate_python(reason or READ)
    return approval_links.decide_by_link(session, link, decision, by, said).refusal


def _whoever(browser: Browser) -> Origin:
    return Origin(SOURCE, browser.handle or "nobody")


def _wording(
    session: Session,
    token: str,
    approval: Approval,
    browser: Browser,
    status: HTTPStatus = HTTPStatus.OK,
    refusal: Refusal | None = None,
) -> Response:
    may_not = authority.who_may_not(session, approval, browser.handle) if browser.handle else None
    return page(
        "approval.html",
        status,
        here=f"/a/{token}",
        head=approval_desk.one(session, approval.id),
        texts=approval_desk.wording_of(session, approval),
        decided=approvals.state_of(session, approval) is ApprovalState.APPROVED,
        ended=approval_desk.has_ended(session, approval),
        handle=browser.handle,
        csrf=browser.csrf,
        problem=_sentence(refusal or may_not),
        may_decide=browser.handle is not None and may_not is None,
    )


def _said(session: Session, approval: Approval, decision: DecisionKind) -> str:
    if decision is not DecisionKind.APPROVE:
        return "Your no is recorded. Nothing that rests on this wording is sent any more."
    if approvals.state_of(session, approval) is ApprovalState.WAITING:
        return "Your yes is recorded. A second person must agree before anything is sent."
    return "Your yes is recorded. You can take it back until it has been sent."


def _refusal(refusal: Refusal) -> Response:
    log.info("a link led to no decision", extra={"reason": refusal.name.lower()})
    status = _STATUS.get(refusal, HTTPStatus.FORBIDDEN)
    return page("said.html", status, title="Nothing was decided", text=_sentence(refusal))


def _sentence(refusal: Refusal | None) -> str:
    return f"{refusal[0].upper()}{refusal[1:]}." if refusal else ""
