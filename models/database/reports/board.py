"""Where the digest of every period stands, for a board of all clients: as colleagues follow it, from sources to readers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.database.reports import opening
from models.database.tables.portal import Post
from models.database.tables.reports import ReportPeriod
from models.database.tables.runs import Run
from models.digests.travelling import DigestOutcome, PeriodState
from models.event_kinds import EventKind

_VIEWED = text(
    """
    SELECT DISTINCT post_id FROM post_view
    WHERE post_id = ANY (:posts) AND discounted = '' AND level IN ('viewed', 'viewed_authenticated')
    """
)
_CHASED = text(f"SELECT DISTINCT run_id FROM event WHERE run_id = ANY (:runs) AND kind = '{EventKind.REPORT_UNREAD}'")
_ASKED = text(
    "SELECT DISTINCT subject_id FROM approval WHERE subject = 'post' AND subject_id = ANY (:posts) AND superseded_at IS NULL"
)


class DigestStage(StrEnum):
    """How far the digest of a period has come."""

    WAITING = "waiting"
    """Its sources are being read."""
    HELD = "held"
    DRAFT = "draft"
    """It is written, and nobody can be asked to review it as it is."""
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    VIEWED = "viewed"
    CHASED = "chased"
    """Its readers were reminded, and the account manager was asked to call."""
    UNREAD = "unread"
    NOBODY_RECEIVES = "nobody_receives"
    WITHDRAWN = "withdrawn"
    NOT_PUBLISHED = "not_published"


@dataclass(frozen=True, slots=True)
class PeriodOnBoard:
    """One period of one report. `outcome` is that of the run that made its digest last."""

    report_id: UUID
    starts: date
    ends: date
    stage: DigestStage
    run_id: UUID | None
    outcome: str | None


def periods(session: Session, reports: Sequence[UUID], since: date) -> list[PeriodOnBoard]:
    """Return every period of these reports from a day on, oldest first. Reads only."""
    query = (
        select(ReportPeriod, Run, Post)
        .join(Run, col(Run.id) == col(ReportPeriod.run_id), isouter=True)
        .join(Post, col(Post.id) == col(ReportPeriod.post_id), isouter=True)
        .where(col(ReportPeriod.report_id).in_(reports), col(ReportPeriod.starts) >= since)
        .order_by(col(ReportPeriod.starts))
    )
    found = list(session.exec(query))
    posts, runs = [row.post_id for row, _, _ in found], [row.run_id for row, _, _ in found]
    viewed = set(session.execute(_VIEWED, {"posts": posts}).scalars())
    chased = set(session.execute(_CHASED, {"runs": runs}).scalars())
    asked = set(session.execute(_ASKED, {"posts": posts}).scalars())
    return [
        PeriodOnBoard(
            report_id=row.report_id,
            starts=row.starts,
            ends=row.ends,
            stage=_stage(
                opening.state_of(row, run, post), run, row.post_id in viewed, row.run_id in chased, row.post_id in asked
            ),
            run_id=row.run_id,
            outcome=run.outcome if run else None,
        )
        for row, run, post in found
    ]


def _stage(state: PeriodState, run: Run | None, viewed: bool, chased: bool, asked: bool) -> DigestStage:
    match state:
        case PeriodState.CLOSED:
            return DigestStage.WAITING
        case PeriodState.DRAFTED:
            return DigestStage.IN_REVIEW if asked else DigestStage.DRAFT
        case PeriodState.PUBLISHED:
            return _read_or_not(run.outcome if run else None, viewed, chased)
        case _:
            return DigestStage(state.value)


def _read_or_not(outcome: str | None, viewed: bool, chased: bool) -> DigestStage:
    if viewed:
        return DigestStage.VIEWED
    if outcome == DigestOutcome.NOBODY_RECEIVES:
        return DigestStage.NOBODY_RECEIVES
    if outcome == DigestOutcome.UNREAD:
        return DigestStage.UNREAD
    return DigestStage.CHASED if chased else DigestStage.PUBLISHED
