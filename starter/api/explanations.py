"""Why a message went out, did not, or waits; what became of a lead. Nothing here changes a row."""

from uuid import UUID

from fastapi import APIRouter

from models.database.engine import snapshot
from models.database.explaining.leads import explain_lead
from models.database.explaining.messages import explain_message
from models.explaining.answers import LeadExplanation, MessageExplanation
from starter.callers import READ_REPLIES, Anybody
from starter.resources import Uses

router = APIRouter(prefix="/v1", tags=["Explaining"])


@router.get("/messages/{message_id}/explanation", summary="Why a message went out, did not, or waits")
def of_message(message_id: UUID, caller: Anybody, uses: Uses) -> MessageExplanation:
    """Return one sentence that answers, every check of the gate with its inputs, and what would have to change.

    For a message that is not settled, also what the gate would say if it were asked now, and what comes next. Addresses are
    masked; wording is not shown.
    """
    with snapshot(uses.engine) as session:
        return explain_message(session, message_id, uses.gate_rules)


@router.get("/leads/{lead_id}/explanation", summary="What became of a lead, and why")
def of_lead(lead_id: UUID, caller: Anybody, uses: Uses) -> LeadExplanation:
    """Return where a lead came from, what it permits, every run and message in a sentence, and what comes next.

    What the lead wrote is shown to those who answer: sales ops, incident owners, approvers.
    """
    with snapshot(uses.engine) as session:
        shows_replies = bool(caller.roles & READ_REPLIES)
        return explain_lead(session, lead_id, uses.gate_rules, with_replies=shows_replies)
