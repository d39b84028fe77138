"""One lead: may we write to them, and why; where it came from, its consent history, its runs."""

from uuid import UUID

from fastapi.responses import Response

from models.database import run_surroundings
from models.database.engine import snapshot
from models.database.explaining.leads import explain_lead
from starter.callers import READ_REPLIES
from starter.console.frame import page
from starter.console.routing import console_router
from starter.console.visiting import Anybody
from starter.resources import Uses

router = console_router()


@router.get("/console/leads/{lead_id}")
def show(lead_id: UUID, visit: Anybody, uses: Uses) -> Response:
    """Show a lead."""
    named = visit.caller.may(READ_REPLIES)
    with snapshot(uses.engine) as session:
        explained = explain_lead(session, lead_id, uses.gate_rules, with_replies=named)
        name = run_surroundings.name_of(session, lead_id) if named else ""
    return page("lead.html.jinja", visit, lead=explained, whom=name or "A lead")
