"""A post of the portal after its publication: what the client sees, correcting it, and taking it off the portal."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import Form
from fastapi.responses import Response

from models.approving import ApprovalSubject, Review, RiskClass
from models.database.engine import transaction
from models.database.permission import approvals
from models.database.portal import redaction
from models.database.portal.redaction import Redaction
from models.database.tables.people import Client
from models.database.tables.portal import PostVersion
from models.portal.standing import PostState
from models.terms import ApprovalState
from models.wording.findings import Severity
from starter import callers
from starter.api import portal_posts
from starter.api.portal_posts import CorrectionBody, WhyBody
from starter.console import typed
from starter.console.forms import Sent, back
from starter.console.frame import page
from starter.console.routing import console_router
from starter.console.visiting import MayPublish, MayReadPosts, Visit
from starter.problems import Problem
from starter.resources import Resources, Uses
from starter.words import spoken

router = console_router()
HERE = "/console/posts/{post_id}"
Words = Annotated[str, Form()]


@router.get(HERE)
def show(post_id: UUID, visit: MayReadPosts, uses: Uses) -> Response:
    """Show what the client sees of it beside the wording that waits, and the forms that change either."""
    return _shown(visit, uses, post_id)


@router.post(f"{HERE}/correction")
def correct(
    post_id: UUID,
    visit: MayPublish,
    sent: Sent,
    uses: Uses,
    title: Words = "",
    text: Words = "",
    reason: Words = "",
    two_people: Words = "",
) -> Response:
    """Put another wording before both reviewers."""
    given = {"title": title, "body": text, "reason": reason, "two_people": bool(two_people)}
    body, errors = typed.made(lambda: CorrectionBody.model_validate(given))
    if body is None:
        return _shown(visit, uses, post_id, given, errors)
    try:
        staged = portal_posts.correct(post_id, body, visit.caller, uses)
    except Problem as problem:
        return _shown(visit, uses, post_id, given, {"": problem.detail})
    return back(f"/console/posts/{post_id}", f"Version {staged.version} is kept. What it still needs is shown below.")


@router.post(f"{HERE}/publish")
def publish(post_id: UUID, visit: MayPublish, sent: Sent, uses: Uses) -> Response:
    """Let the client see the wording that both reviews have approved."""
    done = portal_posts.publish(post_id, visit.caller, uses)
    if not done.published:
        raise Problem(HTTPStatus.CONFLICT, f"it is not published: {spoken(done.refusal or '')}")
    return back(f"/console/posts/{post_id}", "Published. The client sees the correction from now on.")


@router.post(f"{HERE}/withdraw")
def withdraw(post_id: UUID, visit: MayPublish, sent: Sent, uses: Uses, reason: Words = "") -> Response:
    """Take it off the portal."""
    body = typed.made_or_refused(lambda: WhyBody(reason=reason))
    portal_posts.withdraw(post_id, body, visit.caller, uses)
    return back(f"/console/posts/{post_id}", "Withdrawn. The client no longer sees it.")


def _shown(
    visit: Visit,
    uses: Resources,
    post_id: UUID,
    given: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Response:
    with transaction(uses.engine) as session:
        found = redaction.redaction(session, post_id)
        asked = [
            one
            for review in Review
            if (one := approvals.of(session, ApprovalSubject.POST, post_id, review)) is not None
        ]
        client = session.get_one(Client, found.post.client_id).name
    takes_two = any(one.risk == RiskClass.TWO_PEOPLE for one in asked)
    newest: dict[str, Any] = {"title": found.text.title, "body": found.text.body, "reason": "", "two_people": takes_two}
    may = visit.caller.may(callers.MAY_PUBLISH)
    return page(
        "post.html.jinja",
        visit,
        HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        found=found,
        client=client,
        seen=_seen_by_client(found),
        waits=not found.standing.is_current,
        asked=asked,
        blocking=list(dict.fromkeys(one.advice for one in found.findings if one.severity is Severity.BLOCK)),
        given=newest | dict(given or {}),
        errors=errors or {},
        may_publish=may,
        is_ready=may and _is_ready(found),
        may_withdraw=may and found.standing.state is not PostState.WITHDRAWN,
    )


def _seen_by_client(found: Redaction) -> PostVersion | None:
    """Return the wording that the client sees now, or None."""
    standing = found.standing
    if not standing.is_visible:
        return None
    return next(one for one in found.versions if one.version == standing.published_version)


def _is_ready(found: Redaction) -> bool:
    """Return whether nothing but a publication is missing to the newest wording."""
    standing = found.standing
    reviews = {standing.owner_approval, standing.privacy_review}
    is_hidden = standing.state is PostState.WITHDRAWN
    return not standing.is_current and not is_hidden and reviews == {ApprovalState.APPROVED}
