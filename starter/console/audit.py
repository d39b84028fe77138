"""The audit: each promise in words with how often it was broken, by our own rows and by the providers' lists."""

from collections.abc import Mapping
from http import HTTPStatus
from uuid import UUID

from fastapi import Request
from fastapi.responses import Response
from sqlmodel import Session

from models.database import run_surroundings
from models.database.audit import TookTooLong
from models.database.engine import transaction
from models.database.recovery import inquiries
from models.database.recovery.inquiries import AUDIT
from starter.api import audits
from starter.api.audits import Audit, AuditBody
from starter.callers import MAY_RECOVER
from starter.console.forms import Sent, back
from starter.console.frame import page
from starter.console.routing import console_router
from starter.console.row_audit import WITHIN, RowAudit
from starter.console.visiting import Anybody, MayRecover, Visit
from starter.resources import Resources, Uses

router = console_router()
TOTALS = {
    "planned": "messages planned",
    "accepted": "accepted by their provider",
    "refused": "refused by their provider",
    "suppressed": "suppressed: opted out, or no consent",
    "cancelled": "cancelled with their run",
    "expired": "expired",
    "waiting": "still waiting",
    "in_doubt": "in doubt, being looked up",
    "escalated": "in doubt, with a person",
    "unexplained": "unexplained",
}


@router.get("/console/audit")
def show(request: Request, visit: Anybody, uses: Uses) -> Response:
    """Show what the newest audits have found. Nothing is checked by looking."""
    return _page(visit, uses, _of(request, uses), "")


@router.get("/console/audit/rows")
def check_rows(request: Request, visit: Anybody, uses: Uses) -> Response:
    """Check our own rows now, as `comms audit` does, but in bounded time."""
    rows, too_long = _of(request, uses), ""
    try:
        rows.check()
    except TookTooLong as error:
        too_long = f"{error}; “comms audit” on the database takes the time it needs"
    return _page(visit, uses, rows, too_long)


@router.post("/console/audit/providers")
def ask_providers(visit: MayRecover, sent: Sent, uses: Uses) -> Response:
    """Have the worker read the providers' own lists, as it does every night."""
    audits.ask(AuditBody(), visit.caller, uses)
    return back("/console/audit", "The worker reads the providers' lists. What it finds is shown here.")


def _page(visit: Visit, uses: Resources, rows: RowAudit, too_long: str) -> Response:
    with transaction(uses.engine) as session:
        is_for_all = visit.caller.clients is None
        found = inquiries.newest(session, AUDIT)
        nightly = audits.newest(visit.caller, uses) if found else None
        behind = _behind(session, rows, nightly) if is_for_all else {}
    return page(
        "audit.html.jinja",
        visit,
        HTTPStatus.OK,
        rows=rows.newest,
        within=int(WITHIN.total_seconds()),
        too_long=too_long,
        nightly=nightly,
        behind=behind,
        totals=TOTALS,
        shows_examples=is_for_all,
        may_ask=visit.caller.may(MAY_RECOVER),
    )


def _behind(session: Session, rows: RowAudit, nightly: Audit | None) -> Mapping[str, UUID]:
    """Return the run behind each example that is one, or a message of one."""
    findings = [*(rows.newest.report.findings if rows.newest else ())]
    named = [example for finding in findings for example in finding.examples]
    if nightly is not None and nightly.report is not None:
        named += [example for finding in nightly.report.findings for example in finding.examples]
    return run_surroundings.runs_behind(session, named) if named else {}


def _of(request: Request, uses: Resources) -> RowAudit:
    """Return the application's one audit of rows."""
    state = request.app.state
    if not hasattr(state, "row_audit"):
        state.row_audit = RowAudit(uses.engine, uses.settings.timers)
    found: RowAudit = state.row_audit
    return found
