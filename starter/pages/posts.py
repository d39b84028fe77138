"""The redaction view for whoever is signed in: what a client will see beside what stays inside. It changes nothing."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import Response

from models.database import staff
from models.database.engine import transaction
from models.database.portal.redaction import redaction
from models.database.tables.people import Staff
from models.errors import UnknownRecord
from starter.callers import READ_POSTS
from starter.pages.rendering import page
from starter.portal.redaction import redaction_page
from starter.resources import Uses
from starter.signed_in import Browsing

router = APIRouter(prefix="/review/posts", include_in_schema=False)


@router.get("/{post_id}")
def see(post_id: UUID, browser: Browsing, uses: Uses) -> Response:
    """Show a post from both sides to somebody who may read it; ask everybody else to sign in."""
    if browser.handle is None:
        onward = f"/review/posts/{post_id}"
        fields = {"handle": None, "csrf": "", "onward": onward, "problem": ""}
        return page("sign_in.html", HTTPStatus.UNAUTHORIZED, **fields)
    with transaction(uses.engine) as session:
        known, theirs = session.get(Staff, browser.handle), staff.clients_of(session, browser.handle)
        try:
            found = redaction(session, post_id)
        except UnknownRecord:
            return _said(HTTPStatus.NOT_FOUND, "There is no such post", "See the list of posts: comms posts list.")
        of_theirs = theirs is None or found.post.client_id in theirs
        if known is None or not READ_POSTS.intersection(known.roles) or not of_theirs:
            return _said(HTTPStatus.FORBIDDEN, "You may not read this", "It takes a role that reviews or writes posts.")
        return redaction_page(found)


def _said(status: HTTPStatus, title: str, text: str) -> Response:
    return page("said.html", status, title=title, text=text)
