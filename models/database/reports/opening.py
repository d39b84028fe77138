"""A closed period gets its run: from the schedule, from a person, however often either asks."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.database import runs
from models.database.intake import Asked
from models.database.reports import settings
from models.database.runs import Started
from models.database.tables.people import Client
from models.database.tables.portal import Post
from models.database.tables.reports import Report, ReportPeriod
from models.database.tables.runs import Run
from models.digests.figures import Period
from models.digests.periods import Cadence, last_closed
from models.digests.travelling import MAY_BE_MADE_AGAIN, PeriodState
from models.errors import UnknownRecord
from models.portal.standing import PostState
from models.terms import RunKind, RunState

SCHEDULE = "schedule"
"""The actor of what a Temporal Schedule asks for."""
ROLLBACK_PATH = "withdraw the post from the portal; a sent message is answered by an approved correction"


class PublishedAlready(Exception):
    """A client has the digest of this period. What changes in it later is restated in the next one."""


def scheduled(report_id: UUID, period: Period) -> Asked:
    """Return the key under which the schedule asks: the same period is asked for once."""
    body = runs.body_hash({"report": str(report_id), "starts": period.first.isoformat()})
    return Asked(SCHEDULE, f"{report_id}/{period.first}", body)


def newest_closed(session: Session, report: Report, at: datetime) -> Period:
    """Return the newest period of a report that is over at a moment (aware), where its client is."""
    return last_closed(Cadence(report.cadence), session.get_one(Client, report.client_id).time_zone, at)


def open_for_schedule(session: Session, report_id: UUID, at: datetime) -> Started | None:
    """Ask for the digest of the newest closed period. Safe to repeat; None if the report is switched off meanwhile."""
    report = settings.existing(session, report_id)
    if not report.active:
        return None
    period = newest_closed(session, report, at)
    by = scheduled(report_id, period)
    earlier = runs.earlier_start(session, by.actor, by.idempotency_key, by.body_hash)
    if earlier is not None:
        return earlier
    try:
        return request(session, report, period, by)
    except PublishedAlready:  # a person was faster
        return None


def request(session: Session, report: Report, period: Period, by: Asked) -> Started:
    """Store the period and its run, and announce it; if its run is open already, that is the answer.

    Raises:
        PublishedAlready: its digest is with the client.
        LostRace: another request with the same key was stored first; roll back and read what it stored.
    """
    row = _locked_row(session, report, period)
    if row.run_id is not None:
        run = runs.existing(session, row.run_id)
        if run.closed_at is None:
            runs.join(session, run.id, by.actor, by.idempotency_key, by.body_hash)
            return Started(run.id, joined=True)
        if state_of(row, run, post_of(session, row)) not in MAY_BE_MADE_AGAIN:
            raise PublishedAlready(
                f"the digest from {period.first} was published; what changed since is restated in the next one. Roll its run "
                "back first to make it again"
            )
    run = Run(
        kind=RunKind.REPORT_DIGEST,
        client_id=report.client_id,
        owner=report.owner,
        escalation_owner=report.escalation_owner,
        requested_by=by.actor,
        rollback_path=ROLLBACK_PATH,
        state=RunState.REQUESTED,
        trace_parent=by.trace_parent,
    )
    row.run_id = runs.request(session, run, by.actor, by.idempotency_key, by.body_hash)
    row.state, row.post_id, row.published_at, row.caveats = PeriodState.CLOSED, None, None, {}
    session.flush()
    return Started(row.run_id)


def state_of(row: ReportPeriod, run: Run | None, post: Post | None) -> PeriodState:
    """Return where a period stands, its run's end and the withdrawal of its post included."""
    state = PeriodState(row.state)
    if state is PeriodState.PUBLISHED:
        is_hidden = post is not None and post.state == PostState.WITHDRAWN
        rolled_back = run is not None and run.closed_at is not None and run.roll_back_requested_by
        return PeriodState.WITHDRAWN if is_hidden or rolled_back else state
    return state if run is None or run.closed_at is None else PeriodState.NOT_PUBLISHED


def is_shown(session: Session, row: ReportPeriod) -> bool:
    """Return whether the client sees the digest of a period now."""
    post = post_of(session, row)
    return post is not None and post.state == PostState.PUBLISHED


def post_of(session: Session, row: ReportPeriod) -> Post | None:
    """Return the post of a period's digest, or None as long as there is none."""
    return session.get(Post, row.post_id) if row.post_id is not None else None


def of_run(session: Session, run_id: UUID) -> ReportPeriod:
    """Return the period whose digest a run makes, locked until commit. Raises UnknownRecord."""
    query = select(ReportPeriod).where(col(ReportPeriod.run_id) == run_id).with_for_update()
    row = session.exec(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise UnknownRecord(f"run {run_id} makes no digest")
    return row


def find_of_run(session: Session, run_id: UUID) -> ReportPeriod | None:
    """Return the period whose digest a run makes, or made last; None if it makes none."""
    return session.exec(select(ReportPeriod).where(col(ReportPeriod.run_id) == run_id)).first()


def _locked_row(session: Session, report: Report, period: Period) -> ReportPeriod:
    new = ReportPeriod(
        report_id=report.id,
        client_id=report.client_id,
        starts=period.first,
        ends=period.last,
        state=PeriodState.CLOSED,
    )
    unique = ["report_id", "starts"]
    session.execute(
        insert(ReportPeriod).values(new.model_dump(exclude_none=True)).on_conflict_do_nothing(index_elements=unique)
    )
    same = select(ReportPeriod).where(
        col(ReportPeriod.report_id) == report.id, col(ReportPeriod.starts) == period.first
    )
    return session.exec(same.with_for_update()).one()
