"""Approvals in the console: what waits for a decision, and the decision on exactly the wording that is shown."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Form
from fastapi.responses import Response
from pydantic import TypeAdapter, ValidationError

from models.approving import Refusal
from models.database.engine import transaction
from models.database.permission import approval_desk, authority
from models.database.tables.approvals import Approval
from models.database.tables.people import Staff
from models.terms import ApprovalState, DecisionKind
from starter.api import approvals
from starter.api.approvals import DecisionBody
from starter.api.fields import Reason
from starter.console.approval_sheet import sentence, sheet_of
from starter.console.forms import back
from starter.console.frame import page
from starter.console.routing import console_router
from starter.console.visiting import Anybody, MayReview
from starter.problems import Problem
from starter.resources import Uses

router = console_router()
HERE = "/console/approvals"
READ = "read in full"
_REASON: TypeAdapter[str] = TypeAdapter(Reason)


@router.get(HERE)
def waiting(visit: Anybody, uses: Uses, show: str = "mine") -> Response:
    """Show what waits for a decision, the most urgent first: what this person may decide on, or everything they may see."""
    with transaction(uses.engine) as session:
        staff = session.get_one(Staff, visit.handle)
        found = [
            (row, sentence(authority.of_staff(staff, row))) for row in approval_desk.waiting_rows(session, visit.handle)
        ]
    mine = [one for one in found if not one[1]]
    shown = found if show == "all" else mine
    return page(
        "approvals.html.jinja",
        visit,
        rows=shown,
        show="all" if show == "all" else "mine",
        mine=len(mine),
        all=len(found),
    )


@router.get(f"{HERE}/{{approval_id}}")
def read(approval_id: UUID, visit: MayReview, uses: Uses) -> Response:
    """Show all that is decided on."""
    with transaction(uses.engine) as session:
        approval = session.get(Approval, approval_id)
        if approval is not None and not authority.is_of_theirs(session, approval, visit.handle):
            raise Problem(HTTPStatus.FORBIDDEN, Refusal.OTHER_CLIENT)
        sheet = sheet_of(session, approval_id, visit.handle)
        return page("approval.html.jinja", visit, sheet=sheet, action=f"{HERE}/{approval_id}", theirs=True, problem="")


@router.post(f"{HERE}/{{approval_id}}")
def decide(
    approval_id: UUID,
    visit: MayReview,
    uses: Uses,
    decision: Annotated[DecisionKind, Form()],
    content_hash: Annotated[str, Form()],
    audience_hash: Annotated[str, Form()] = "",
    have_read: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Decide on the wording that was shown."""
    said = reason_given(decision, have_read, reason)
    if said is None:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, Refusal.NO_GESTURE)
    body = DecisionBody(decision=decision, content_hash=content_hash, audience_hash=audience_hash, reason=said)
    decided = approvals.decide(approval_id, body, visit.caller, uses)
    return back(f"{HERE}/{approval_id}", said_of(decision, decided.state, decided.takes_effect))


def reason_given(decision: DecisionKind, have_read: str, reason: str) -> str | None:
    """Return the reason to record, or None if nothing shows that somebody has read it and meant this.

    A yes needs the tick that all of it was read, a no its reason in words.
    """
    meant = have_read if decision is DecisionKind.APPROVE else reason.strip()
    try:
        return _REASON.validate_python(reason.strip() or READ) if meant else None
    except ValidationError:
        return None


def said_of(decision: DecisionKind, state: ApprovalState, takes_effect: bool = True) -> str:
    """Return what a decision has done, as a sentence."""
    if not takes_effect:
        return "Your decision is recorded. The run has ended, so that it changes nothing."
    if decision is not DecisionKind.APPROVE:
        return "Your no is recorded. Nothing that rests on this wording is sent any more."
    if state is ApprovalState.WAITING:
        return "Your yes is recorded. A second person must agree before anything is sent."
    return "Your yes is recorded. You can take it back until it has been sent."
