"""The way to the identity provider and back."""

import hashlib
import logging
import secrets
import shlex
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session, col, select

from models.database import staff_sessions
from models.database.engine import transaction
from models.database.staff_sessions import Way
from models.database.tables.people import Staff
from starter.console.identity_provider import AWAY, Identity, IdentityProvider, NotIdentified, Secrets
from starter.console.navigation import HOME
from starter.console.routing import PageRoute
from starter.console.sealed_cookies import SealedCookie
from starter.console.signing_in import begin, ours, sign_in_page
from starter.problems import Problem
from starter.resources import Resources, Uses
from starter.signed_in import Browsing

log = logging.getLogger(__name__)
router = APIRouter(include_in_schema=False, route_class=PageRoute)
ON_THE_WAY = SealedCookie("sign-in", 600)
STALE = "This sign-in was not begun in this browser, or too long ago. Begin again."


@router.get("/sign-in/provider")
def leave(request: Request, uses: Uses, onward: str = HOME) -> Response:
    """Send somebody to the identity provider."""
    provider = _provider(uses)
    made = Secrets(*(secrets.token_urlsafe(48) for _ in range(3)))
    try:
        address = provider.address(made)
    except NotIdentified as failed:
        return _refused(uses, failed, ours(onward))
    answer = RedirectResponse(address, HTTPStatus.SEE_OTHER)
    ON_THE_WAY.keep(answer, request, uses, [made.state, made.nonce, made.verifier, ours(onward)])
    return answer


@router.get("/sign-in/callback")
def come_back(request: Request, browser: Browsing, uses: Uses) -> Response:
    """Begin a session for whom the identity provider has identified, if they work here."""
    provider, kept = _provider(uses), ON_THE_WAY.read(request, uses)
    if kept is None and browser.handle is not None:
        # Whoever has gone back to the provider's page, or pressed twice there, is signed in already, as this page says.
        return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
    if kept is None:
        return _refused(uses, NotIdentified("not_begun_here", STALE), HOME)
    state, nonce, verifier, onward = kept
    try:
        identity = provider.identify(dict(request.query_params), Secrets(state, nonce, verifier))
    except NotIdentified as failed:
        return _refused(uses, failed, onward)
    with transaction(uses.engine) as session:
        found, way = _staff_of(session, identity)
    if found is None:
        return _refused(uses, _unknown(identity), onward, identity)
    answer = begin(uses, found, way, onward)
    ON_THE_WAY.forget(answer, uses)
    return answer


def _staff_of(session: Session, identity: Identity) -> tuple[Staff | None, Way]:
    """Return the one active member of staff of this subject, or else of this verified address."""
    active = select(Staff).where(col(Staff.active))
    by_subject = session.exec(active.where(col(Staff.subject) == identity.subject)).one_or_none()
    if by_subject is not None or not identity.email:
        return by_subject, Way.SUBJECT
    same = session.exec(active.where(col(Staff.email) == identity.email, col(Staff.subject).is_(None))).all()
    return same[0] if len(same) == 1 else None, Way.EMAIL


def _unknown(identity: Identity) -> NotIdentified:
    address = f" ({identity.email})" if identity.email else ""
    sentence = (
        f"You have signed in with your work account{address}, but nobody is entered here with it. Ask an engineer to run: "
        f"comms staff set HANDLE --subject {shlex.quote(identity.subject)}"
    )
    return NotIdentified("unknown_person", sentence)


def _refused(uses: Resources, failed: NotIdentified, onward: str, identity: Identity | None = None) -> Response:
    """Show the sign-in again, with why; a local account may still open what the identity provider does not."""
    error = type(failed.__cause__ or failed).__name__
    log.warning("a sign-in was refused", extra={"reason": failed.code, "error": error})
    # A subject may be an address at some providers, so its hash is recorded: enough to see that it is the same again.
    facts = {"subject_sha256": hashlib.sha256(identity.subject.encode()).hexdigest()} if identity else {}
    with transaction(uses.engine) as session:
        staff_sessions.refused(session, failed.code, **facts)
    status = HTTPStatus.SERVICE_UNAVAILABLE if failed.code == AWAY else HTTPStatus.FORBIDDEN
    return sign_in_page(uses, None, onward, status, str(failed))


def _provider(uses: Resources) -> IdentityProvider:
    if uses.identity_provider is None:
        raise Problem(HTTPStatus.NOT_FOUND, "no identity provider is set up here; see COMMS_SIGN_IN__ISSUER")
    return uses.identity_provider
