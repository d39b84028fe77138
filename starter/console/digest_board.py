"""The calendar of digests: a line for each report, a cell for each of its newest periods."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlmodel import Session

from models.database.engine import now
from models.database.reports import board, settings
from models.database.reports.board import DigestStage, PeriodOnBoard
from models.database.reports.settings import ReportLine
from models.digests.figures import Period
from models.digests.freshness import SourceStatus
from models.digests.periods import Cadence, before, last_closed

SHOWN = 8
"""Periods of each report."""
STAGES = {
    DigestStage.WAITING: ("waiting for sources", "info"),
    DigestStage.HELD: ("held: a source is missing", "bad"),
    DigestStage.DRAFT: ("draft", "warn"),
    DigestStage.IN_REVIEW: ("in review", "warn"),
    DigestStage.PUBLISHED: ("published", "good"),
    DigestStage.VIEWED: ("viewed", "good"),
    DigestStage.CHASED: ("chased", "warn"),
    DigestStage.UNREAD: ("unread", "bad"),
    DigestStage.NOBODY_RECEIVES: ("nobody receives it", "quiet"),
    DigestStage.WITHDRAWN: ("withdrawn", "bad"),
    DigestStage.NOT_PUBLISHED: ("not published", "quiet"),
}
WHAT_TO_DO = {
    SourceStatus.FRESH: "Nothing.",
    SourceStatus.LAGGING: "Nothing: it is no further behind than usual, and is read again by itself.",
    SourceStatus.STALE: "See whether the vendor has a problem. Digests wait for it until the fifth day, then say so.",
    SourceStatus.PARTIAL: "Some days have no data. The digest says so; ask the client if that is not expected.",
    SourceStatus.AUTH_LOST: "Our access was taken away or has run out. Ask the client to give it again in the vendor's consent "
    "page, then connect the account anew. Digests that wait for it go on by themselves.",
    SourceStatus.NOT_CONNECTED: "Connect it, or take it out of the report. Until then its figures are left out, and a report that "
    "needs it is held.",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One period. `stage` None: no digest of it was ever asked for."""

    label: str
    period: Period
    stage: DigestStage | None
    run_id: UUID | None

    @property
    def said(self) -> str:
        """Where it stands."""
        return STAGES[self.stage][0] if self.stage else "no digest"

    @property
    def tone(self) -> str:
        """A class of the style sheet."""
        return STAGES[self.stage][1] if self.stage else "none"


@dataclass(frozen=True, slots=True)
class Line:
    """One report."""

    report: ReportLine
    cells: list[Cell]


def lines(session: Session, clients: Sequence[UUID] | None) -> list[Line]:
    """Return every report of these clients (None: all) with its newest periods, oldest first. Reads only."""
    reports, at = settings.listed(session, clients), now(session)
    wanted = {one.report.id: newest_periods(one, at) for one in reports}
    since = min((periods[0].first for periods in wanted.values()), default=date.max)
    stored = {(row.report_id, row.starts): row for row in board.periods(session, list(wanted), since)}
    return [
        Line(one, [_cell(one, period, stored.get((one.report.id, period.first))) for period in wanted[one.report.id]])
        for one in reports
    ]


def newest_periods(one: ReportLine, at: datetime) -> list[Period]:
    """Return the newest closed periods of a report where its client is, oldest first."""
    cadence = Cadence(one.report.cadence)
    found = [last_closed(cadence, one.client.time_zone, at)]
    while len(found) < SHOWN:
        found.append(before(found[-1], cadence))
    return found[::-1]


def _cell(one: ReportLine, period: Period, stored: PeriodOnBoard | None) -> Cell:
    label = _label(Cadence(one.report.cadence), period)
    return Cell(label, period, stored.stage if stored else None, stored.run_id if stored else None)


def _label(cadence: Cadence, period: Period) -> str:
    if cadence is Cadence.MONTHLY:
        return f"{period.first:%b %Y}"
    ends = f"{period.last:%b} {period.last.day}" if period.last.month != period.first.month else str(period.last.day)
    return f"{period.first:%b} {period.first.day}–{ends}"
