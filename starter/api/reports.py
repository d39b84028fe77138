"""Reports: how often, from which sources, who answers for them; their periods, figures and what was restated."""

from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from models.database.engine import transaction
from models.database.reports import figures, periods_listed, settings
from models.database.reports.settings import ReportLine as StoredReport
from models.database.tables.reports import ReportNote
from models.digests.periods import Cadence
from models.digests.sources import SourceName
from models.terms import Role
from starter.api.fields import Handle, Key, Short, Strict
from starter.api.scoped import client_addressed, readable, refuse_unless_works_for
from starter.callers import Anybody, SalesOps
from starter.problems import field_problem
from starter.resources import Uses

router = APIRouter(prefix="/v1", tags=["Reports"])
_HANDLES = {
    "owner": None, "escalation_owner": None, "approver": Role.APPROVER, "privacy_reviewer": Role.PRIVACY_REVIEWER,
}  # fmt: skip
Sources = Annotated[list[SourceName], Field(max_length=3)]
Body = Annotated[Short, Field(min_length=1, max_length=2000)]


class ReportBody(Strict):
    """A regular report. Its zone is its client's; its schedule follows by itself within seconds."""

    project_name: Short = Field("", description="What the project is called; kept if left out.")
    required_sources: Sources = Field(description="Without these there is no report.")
    optional_sources: Sources = []
    owner: Handle = Field(description="The account manager.")
    escalation_owner: Handle
    approver: Handle
    privacy_reviewer: Handle = Field(description="Somebody else than the approver.")
    active: bool = True


class ReportView(BaseModel):
    """A report as stored."""

    id: UUID
    client: str
    project: str
    project_name: str
    cadence: Cadence
    time_zone: str
    required_sources: list[str]
    optional_sources: list[str]
    owner: str
    escalation_owner: str
    approver: str
    privacy_reviewer: str
    active: bool
    scheduled: bool = Field(description="Whether the workflow server has its schedule.")


class PeriodView(BaseModel):
    """One closed period."""

    starts: date
    ends: date
    state: str
    run_id: UUID | None
    outcome: str | None
    post_id: UUID | None
    published_at: datetime | None


class FigureView(BaseModel):
    """One figure with its proof."""

    key: str
    label: str
    value: Decimal
    unit: str
    basis: str
    source: str
    first: date
    last: date
    as_of: datetime
    read_by: UUID = Field(description="The run that read it.")
    is_current: bool = Field(description="False if a later reading said something else.")


class RestatementView(BaseModel):
    """A figure that a client was shown and that has changed since."""

    label: str
    source: str
    basis: str
    first: date
    last: date
    unit: str
    shown: Decimal
    now: Decimal
    found_at: datetime
    told_at: datetime | None
    told_by: UUID | None = Field(description="The run whose digest says so; null until it is published.")


class NoteBody(Strict):
    """An internal note."""

    body: Body
    period: date | None = Field(None, description="First day of the period it is about.")


class NoteView(BaseModel):
    """A note. No client sees it."""

    id: UUID
    author: str
    body: str
    at: datetime


@router.put(
    "/clients/{client}/reports/{project}/{cadence}", summary="Set up a report", responses={201: {"model": ReportView}}
)
def put(
    client: Key, project: Key, cadence: Cadence, body: ReportBody, caller: SalesOps, uses: Uses, response: Response
) -> ReportView:
    """Set up the weekly or monthly report of a project (201), or change it (200). What changes holds from the next period on."""
    if set(body.required_sources) & set(body.optional_sources):
        raise field_problem("optional_sources", "a source is either required or optional")
    if body.approver == body.privacy_reviewer:
        raise field_problem("privacy_reviewer", "two people review a report; name somebody else than the approver")
    with transaction(uses.engine) as session:
        business = client_addressed(session, caller, client)
        for field, role in _HANDLES.items():
            refuse_unless_works_for(session, getattr(body, field), [business.id], field, role)
        stored = settings.put_project(session, business, project, body.project_name or project)
        is_new = settings.of_project(session, stored, cadence) is None
        given = body.model_dump(exclude={"project_name"}, mode="json")
        settings.put(session, stored, cadence, given, caller.origin)
        view = next(_view(one) for one in settings.listed(session, [business.id]) if _is(one, project, cadence))
    response.status_code = HTTPStatus.CREATED if is_new else HTTPStatus.OK
    return view


@router.get("/reports", summary="List reports")
def list_reports(caller: Anybody, uses: Uses, client: Key | None = None) -> list[ReportView]:
    """Return every report of the caller's clients, or those of one client."""
    with transaction(uses.engine) as session:
        return [_view(one) for one in settings.listed(session, readable(session, caller, client))]


@router.get("/reports/{report_id}/periods", summary="List the periods of a report")
def list_periods(
    report_id: UUID, caller: Anybody, uses: Uses, limit: Annotated[int, Query(ge=1, le=120)] = 24
) -> list[PeriodView]:
    """Return the newest periods of a report, and where the digest of each stands."""
    with transaction(uses.engine) as session:
        settings.existing(session, report_id)
        return [PeriodView(**one._asdict()) for one in periods_listed.newest(session, report_id, limit)]


@router.get("/reports/{report_id}/periods/{starts}/figures", summary="Read the figures of a period with their sources")
def read_figures(report_id: UUID, starts: date, caller: Anybody, uses: Uses) -> list[FigureView]:
    """Return every reading that said something new, oldest first, with source, period and the moment it was read."""
    with transaction(uses.engine) as session:
        settings.existing(session, report_id)
        rows = figures.history(session, report_id, starts)
    newest = {(row.key, row.source, row.basis): row.id for row in rows}
    return [
        FigureView(
            first=row.starts,
            last=row.ends,
            read_by=row.run_id,
            is_current=newest[row.key, row.source, row.basis] == row.id,
            **row.model_dump(include={"key", "label", "value", "unit", "basis", "source", "as_of"}),
        )
        for row in rows
    ]


@router.get("/reports/{report_id}/restatements", summary="What was shown and has changed since")
def read_restatements(report_id: UUID, caller: Anybody, uses: Uses) -> list[RestatementView]:
    """Return every figure that a client was shown and that its source has changed since, newest first."""
    with transaction(uses.engine) as session:
        settings.existing(session, report_id)
        rows = session.execute(figures.RESTATEMENTS, {"report": report_id}).mappings().all()
    return [RestatementView(first=row["starts"], last=row["ends"], **_only(row, RestatementView)) for row in rows]


@router.post("/reports/{report_id}/notes", status_code=HTTPStatus.CREATED, summary="Note something about a report")
def add_note(report_id: UUID, body: NoteBody, caller: Anybody, uses: Uses) -> NoteView:
    """Keep a note for colleagues. It is internal: no digest, page or message is made of it."""
    with transaction(uses.engine) as session:
        settings.existing(session, report_id)
        period = periods_listed.find(session, report_id, body.period) if body.period else None
        if body.period and period is None:
            raise field_problem("period", "there is no period of this report that begins on this day")
        written = ReportNote(report_id=report_id, author=caller.handle, body=body.body)
        written.period_id = period.id if period else None
        return _note(settings.note(session, written, caller.origin))


@router.get("/reports/{report_id}/notes", summary="Read the notes about a report")
def list_notes(report_id: UUID, caller: Anybody, uses: Uses) -> list[NoteView]:
    """Return the notes, oldest first."""
    with transaction(uses.engine) as session:
        settings.existing(session, report_id)
        return [_note(one) for one in settings.notes(session, report_id)]


def _is(line: StoredReport, project: str, cadence: Cadence) -> bool:
    return line.project.key == project and line.report.cadence == cadence


def _view(line: StoredReport) -> ReportView:
    report, project, client = line
    return ReportView(
        client=client.key,
        project=project.key,
        project_name=project.name,
        time_zone=client.time_zone,
        scheduled=bool(report.scheduled_as),
        **report.model_dump(include=set(ReportView.model_fields)),
    )


def _note(row: ReportNote) -> NoteView:
    return NoteView(**row.model_dump(include=set(NoteView.model_fields)))


def _only(row: Any, model: type[BaseModel]) -> dict[str, Any]:
    return {name: row[name] for name in model.model_fields if name in row}
