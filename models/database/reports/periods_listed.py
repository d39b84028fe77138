"""Periods as people read them: where the digest of each stands."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from models.database.reports.opening import state_of
from models.database.tables.portal import Post
from models.database.tables.reports import ReportPeriod
from models.database.tables.runs import Run


class PeriodLine(NamedTuple):
    """One closed period, with the run that makes its digest or made it last."""

    starts: date
    ends: date
    state: str
    run_id: UUID | None
    outcome: str | None
    post_id: UUID | None
    published_at: datetime | None


def newest(session: Session, report_id: UUID, limit: int) -> list[PeriodLine]:
    """Return the newest periods of a report."""
    query = (
        select(ReportPeriod, Run, Post)
        .join(Run, col(Run.id) == col(ReportPeriod.run_id), isouter=True)
        .join(Post, col(Post.id) == col(ReportPeriod.post_id), isouter=True)
        .where(col(ReportPeriod.report_id) == report_id)
        .order_by(col(ReportPeriod.starts).desc())
        .limit(limit)
    )
    return [_line(row, run, post) for row, run, post in session.exec(query)]


def find(session: Session, report_id: UUID, starts: date) -> ReportPeriod | None:
    """Return a period by its first day, or None."""
    query = select(ReportPeriod).where(col(ReportPeriod.report_id) == report_id, col(ReportPeriod.starts) == starts)
    return session.exec(query).first()


def _line(row: ReportPeriod, run: Run | None, post: Post | None) -> PeriodLine:
    outcome = run.outcome if run else None
    state = state_of(row, run, post)
    return PeriodLine(row.starts, row.ends, state, row.run_id, outcome, row.post_id, row.published_at)
