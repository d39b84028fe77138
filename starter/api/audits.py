"""Auditing the ledger against what the providers list: asked for here, carried out by the worker."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, Field

from models.database.engine import now, transaction
from models.database.recovery import inquiries
from models.database.recovery.audits import usual_since
from models.database.recovery.inquiries import AUDIT
from models.database.tables.recovery import Inquiry
from starter.api.fields import Instant, Strict
from starter.callers import Anybody, Caller, MayRecover
from starter.problems import Problem, field_problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/audits", tags=["Audits"])


class AuditBody(Strict):
    """How far back the providers' lists are read."""

    since: Annotated[
        Instant | None,
        Field(
            description="With an offset. If left out: the last 25 hours, more if no audit has seen them or a task of one is open."
        ),
    ] = None


class Finding(BaseModel):
    """One promise, and how often it was broken."""

    invariant: str
    sentence: str
    bad: int
    examples: list[str] = Field(
        description="Ids of up to five violations: messages, runs, rows or a provider's messages. Only for who works for all."
    )


class Report(BaseModel):
    """What an audit has found."""

    clean: bool
    findings: list[Finding]
    totals: dict[str, int]
    providers: list[str] = Field(
        description="Whose lists were read. Amazon SES keeps none, so of email the rows alone were checked."
    )
    until: datetime | None = Field(description="What was called later may be missing in the lists, and is left out.")


class Audit(BaseModel):
    """One audit."""

    id: UUID
    since: datetime
    asked_by: str = Field(description="A member of staff, or `comms` for the regular one.")
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    read: int = Field(description="How many of the providers' messages have been read so far.")
    waits_for: str | None = Field(description="A code of what stands in the way now; it is tried again all the time.")
    report: Report | None


@router.post("", status_code=HTTPStatus.ACCEPTED, summary="Audit the ledger against the providers' lists")
def ask(body: AuditBody, caller: MayRecover, uses: Uses) -> Audit:
    """Ask the worker for an audit. It only reads, at any time; what it finds broken is put on an engineer's list."""
    with transaction(uses.engine) as session:
        since = body.since or usual_since(session, uses.settings.timers)
        if since >= now(session):
            raise field_problem("since", "must lie in the past")
        return _audit(inquiries.ask(session, since, caller.handle, AUDIT), caller)


@router.get("/newest", summary="The newest audit")
def newest(caller: Anybody, uses: Uses) -> Audit:
    """Return the audit that was asked for last, by a person or by the clock."""
    with transaction(uses.engine) as session:
        found = inquiries.newest(session, AUDIT)
        if found is None:
            raise Problem(HTTPStatus.NOT_FOUND, "there was no audit yet; POST /v1/audits asks for one")
        return _audit(found, caller)


@router.get("/{audit_id}", summary="How an audit stands")
def progress(audit_id: UUID, caller: Anybody, uses: Uses) -> Audit:
    """Return its progress, and its report once it has finished."""
    with transaction(uses.engine) as session:
        return _audit(inquiries.existing(session, audit_id, AUDIT), caller)


def _audit(inquiry: Inquiry, caller: Caller) -> Audit:
    facts: dict[str, Any] = inquiry.model_dump(include=set(Audit.model_fields) - {"read", "waits_for", "report"})
    report = Report(**inquiry.report) if inquiry.finished_at else None
    if report is not None and caller.clients is not None:
        for finding in report.findings:
            finding.examples = []
    return Audit(**facts, read=inquiry.done, waits_for=inquiry.error or None, report=report)
