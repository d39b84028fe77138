"""What is done to a text from its page: it is approved, rejected, its approval is taken back, or it is tried out."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import Form
from fastapi.responses import Response
from sqlalchemy import RowMapping
from sqlmodel import Session

from models.database import library
from models.database.engine import transaction
from models.database.tables.approvals import Approval
from models.terms import ApprovalState, DecisionKind
from starter.api import approvals, template_tests
from starter.api.approvals import DecisionBody
from starter.api.template_tests import TestSendBody
from starter.console.flash import Back
from starter.console.forms import back
from starter.console.frame import page
from starter.console.routing import console_router
from starter.console.visiting import Anybody, MayTryTexts
from starter.problems import Problem
from starter.resources import Uses

router = console_router()
_SAID = {
    ApprovalState.APPROVED: "Approved. What waited for it leaves when the gate lets it.",
    ApprovalState.REJECTED: "Decided. Nothing leaves that rests on this text.",
    ApprovalState.WAITING: "Your decision counts; a second person must agree.",
    ApprovalState.EXPIRED: "Decided.",
}


@router.get("/console/template-versions/{template_id}/revoke")
def ask_before_revoking(template_id: UUID, visit: Anybody, uses: Uses) -> Response:
    """Show what taking back the approval of a text would hold."""
    with transaction(uses.engine) as session:
        row = _existing(session, template_id)
        messages, runs = library.rests_on(session, row["content_hash"])
        approval = session.get(Approval, row["approval_id"]) if row["approval_id"] else None
    if approval is None:
        raise Problem(HTTPStatus.CONFLICT, "nobody was asked to approve it, so there is nothing to take back")
    return page(
        "revoke.html.jinja", visit, row=row, messages=messages, runs=runs, address=_address(row), asked=approval
    )


@router.post("/console/template-versions/{template_id}/decision")
def decide(
    template_id: UUID,
    visit: Anybody,
    uses: Uses,
    decision: Annotated[DecisionKind, Form()],
    content_hash: Annotated[str, Form()],
    reason: Annotated[str, Form()] = "",
) -> Back:
    """Decide on a text as it was shown. Every refused attempt is recorded, as for every approval."""
    with transaction(uses.engine) as session:
        row = _existing(session, template_id)
    if row["approval_id"] is None:
        raise Problem(HTTPStatus.CONFLICT, "nobody was asked to approve it")
    body = DecisionBody(decision=decision, content_hash=content_hash, reason=reason or "as it stands")
    decided = approvals.decide(row["approval_id"], body, visit.caller, uses)
    return back(_address(row), _SAID[decided.state])


@router.post("/console/template-versions/{template_id}/test-sends")
def send_test(
    template_id: UUID,
    visit: MayTryTexts,
    uses: Uses,
    client: Annotated[str, Form()],
    key: Annotated[str, Form(min_length=1, max_length=200)],
    lead: Annotated[str, Form()] = "",
) -> Back:
    """Send a test to whoever is signed in. The form brings a key, so that pressing twice sends once."""
    with transaction(uses.engine) as session:
        row = _existing(session, template_id)
    body = TestSendBody.model_validate({"client": client, "lead": lead or None})
    asked = template_tests.send_test(template_id, body, key, visit.caller, uses)
    return back(f"{_address(row)}&client={client}&lead={lead}#tests", f"The test is on its way to {asked.to}.")


def _existing(session: Session, template_id: UUID) -> RowMapping:
    found = next((row for row in library.templates(session) if row["id"] == template_id), None)
    if found is None:
        raise Problem(HTTPStatus.NOT_FOUND, "there is no such text; see the list of templates")
    return found


def _address(row: RowMapping) -> str:
    return f"/console/templates/{row['key']}?version={row['version']}"
