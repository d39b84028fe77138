"""Reports as they are set up: which project, how often, from which sources, and who answers for them."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.database import events
from models.database.events import Origin, Subject
from models.database.tables.people import Client
from models.database.tables.reports import Project, Report, ReportNote
from models.errors import UnknownRecord
from models.event_kinds import EventKind


class ReportLine(NamedTuple):
    """A report with whose it is."""

    report: Report
    project: Project
    client: Client


def put_project(session: Session, client: Client, key: str, name: str) -> Project:
    """Enter a project under (client, key), or give it another name. Safe to repeat."""
    new = Project(client_id=client.id, key=key, name=name).model_dump(exclude_none=True)
    stored = insert(Project).values(new).on_conflict_do_update(index_elements=["client_id", "key"], set_={"name": name})
    project_id = session.execute(stored.returning(col(Project.id))).scalar_one()
    return session.get_one(Project, project_id, populate_existing=True)


def put(session: Session, project: Project, cadence: str, given: Mapping[str, Any], origin: Origin) -> Report:
    """Enter a report under (project, cadence), or change what is given. Its schedule follows by itself.

    What changes holds from the next period on; a run that is under way goes on as it began.
    """
    new = Report(client_id=project.client_id, project_id=project.id, cadence=cadence, **given)
    stored = (
        insert(Report)
        .values(new.model_dump(exclude_none=True))
        .on_conflict_do_update(index_elements=["project_id", "cadence"], set_={**given} or {"cadence": cadence})
    )
    report_id = session.execute(stored.returning(col(Report.id))).scalar_one()
    report = session.get_one(Report, report_id, populate_existing=True)
    about = Subject(report.owner, report.client_id)
    reason = "on" if report.active else "off"
    events.record(session, EventKind.REPORT_SET, origin, about, reason, report=str(report_id), cadence=cadence)
    return report


def of_project(session: Session, project: Project, cadence: str) -> Report | None:
    """Return a report, or None."""
    query = select(Report).where(col(Report.project_id) == project.id, col(Report.cadence) == cadence)
    return session.exec(query).first()


def existing(session: Session, report_id: UUID) -> Report:
    """Return a report. Raises UnknownRecord."""
    report = session.get(Report, report_id)
    if report is None:
        raise UnknownRecord(f"no report {report_id}")
    return report


def listed(session: Session, clients: Sequence[UUID] | None = None) -> list[ReportLine]:
    """Return reports of these clients (None: all) with whose they are, by client, project and cadence."""
    query = select(Report, Project, Client).where(
        col(Report.project_id) == col(Project.id), col(Report.client_id) == col(Client.id)
    )
    if clients is not None:
        query = query.where(col(Report.client_id).in_(clients))
    ordered = query.order_by(col(Client.key), col(Project.key), col(Report.cadence))
    return [ReportLine(*row) for row in session.exec(ordered)]


def note(session: Session, written: ReportNote, origin: Origin) -> ReportNote:
    """Keep a colleague's note. It is internal: nothing that a client reads is made of it."""
    session.add(written)
    session.flush()
    report = existing(session, written.report_id)
    about = Subject(report.owner, report.client_id)
    events.record(session, EventKind.REPORT_NOTED, origin, about, report=str(report.id), note=str(written.id))
    return written


def notes(session: Session, report_id: UUID) -> Sequence[ReportNote]:
    """Return the notes of a report, oldest first."""
    query = select(ReportNote).where(col(ReportNote.report_id) == report_id).order_by(col(ReportNote.at))
    return session.exec(query).all()
