"""Figures as they were read, shown and restated. A figure that changes is a new row: what a client saw stays readable."""

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.database.tables.reports import RestatedFigure, ShownFigure, StoredFigure
from models.digests.figures import Figure, Period, Unit
from models.digests.restating import Restatement, identity

_NEWEST = text(
    """
    SELECT DISTINCT ON (starts, key, source, basis) *, min(id) OVER (PARTITION BY starts, key, source, basis) AS first_id
    FROM report_figure
    WHERE report_id = :report AND starts = ANY (:starts)
    ORDER BY starts, key, source, basis, id DESC
    """
)
_NEWEST_SHOWN = text(
    """
    SELECT DISTINCT ON (f.starts, f.key, f.source, f.basis) f.* FROM report_figure f
    JOIN shown_figure s ON s.figure_id = f.id
    WHERE f.report_id = :report AND f.starts = ANY (:starts)
    ORDER BY f.starts, f.key, f.source, f.basis, f.id DESC
    """
)
_SHOWN_PERIODS = text(
    """
    SELECT starts, ends FROM report_period
    WHERE report_id = :report AND starts < :starts AND published_at IS NOT NULL ORDER BY starts DESC LIMIT :limit
    """
)
_TELL = text(
    "UPDATE restatement SET told_by = :run, told_at = clock_timestamp() WHERE report_id = :report AND told_at IS NULL "
    "AND found_by = :run RETURNING id"
)
RESTATEMENTS = text(
    """
    SELECT r.id, o.key, n.label, o.source, o.basis, o.starts, o.ends, o.unit, o.value AS shown, n.value AS now, r.found_at,
        r.found_by, r.told_at, r.told_by
    FROM restatement r JOIN report_figure o ON o.id = r.shown_id JOIN report_figure n ON n.id = r.now_id
    WHERE r.report_id = :report ORDER BY r.found_at DESC, n.label
    """
)


def keep(session: Session, run: UUID, client: UUID, report: UUID, starts: date, read: Iterable[Figure]) -> None:
    """Store what was read of one period. A figure that is as it was only gets the newer moment of its reading.

    Args:
        session: the caller's transaction, which holds the period's row.
        run: the run that read it.
        client: whose figures they are.
        report: for which report.
        starts: the first day of the period that was asked for; a figure may be of a part of it.
        read: the figures.
    """
    stored = {identity(_figure(row)): row for row in session.execute(_NEWEST, _where(report, [starts])).mappings()}
    for figure in read:
        row = stored.get(identity(figure))
        if row is not None and _says_the_same(_figure(row), figure):
            session.get_one(StoredFigure, row["id"]).as_of = figure.as_of
            continue
        session.add(
            StoredFigure(
                client_id=client,
                report_id=report,
                run_id=run,
                starts=starts,
                ends=figure.period.last,
                **figure.model_dump(include={"key", "label", "value", "unit", "source", "basis", "as_of"}),
            )
        )
    session.flush()


def of_period(session: Session, report: UUID, starts: date) -> tuple[Figure, ...]:
    """Return the figures of a period as they are now, in the order in which they were first read."""
    rows = session.execute(_NEWEST, _where(report, [starts])).mappings()
    return tuple(_figure(row) for row in sorted(rows, key=lambda row: row["first_id"]))


def history(session: Session, report: UUID, starts: date) -> Sequence[StoredFigure]:
    """Return every reading of a period that said something new, oldest first."""
    query = select(StoredFigure).where(col(StoredFigure.report_id) == report, col(StoredFigure.starts) == starts)
    return session.exec(query.order_by(col(StoredFigure.id))).all()


def shown_periods(session: Session, report: UUID, before: date, limit: int) -> list[Period]:
    """Return the newest periods before a day whose digest was published."""
    rows = session.execute(_SHOWN_PERIODS, {"report": report, "starts": before, "limit": limit})
    return [Period(first=row.starts, last=row.ends) for row in rows]


def find_restated(
    session: Session, run: UUID, client: UUID, report: UUID, periods: Sequence[Period]
) -> list[Restatement]:
    """Note which figures that a client was shown are different now; return those that this run tells. Safe to repeat."""
    where = _where(report, [period.first for period in periods])
    newest = {_place(row): row for row in session.execute(_NEWEST, where).mappings()}
    found = []
    for shown in session.execute(_NEWEST_SHOWN, where).mappings():
        now = newest[_place(shown)]
        if _figure(now).shown == _figure(shown).shown:
            continue
        values = {
            "client_id": client,
            "report_id": report,
            "shown_id": shown["id"],
            "now_id": now["id"],
            "found_by": run,
        }
        new = RestatedFigure(**values).model_dump(exclude_none=True)
        session.execute(insert(RestatedFigure).values(new).on_conflict_do_update(
            index_elements=["shown_id", "now_id"], set_={"found_by": run}))  # fmt: skip
        found.append(Restatement(shown=_figure(shown), now=_figure(now)))
    return found


def note_shown(session: Session, run: UUID, report: UUID, periods: Sequence[Period]) -> int:
    """Note that what stands now was shown: the figures of these periods. Returns how many restated ones that tells.

    Safe to repeat.
    """
    for row in session.execute(_NEWEST, _where(report, [period.first for period in periods])).mappings():
        row_of = insert(ShownFigure).values(figure_id=row["id"], run_id=run)
        session.execute(row_of.on_conflict_do_nothing())
    return len(session.execute(_TELL, {"run": run, "report": report}).all())


def _where(report: UUID, starts: Sequence[date]) -> dict[str, object]:
    return {"report": report, "starts": list(starts)}


def _place(row: RowMapping) -> tuple[object, ...]:
    return row["starts"], row["key"], row["source"], row["basis"]


def _says_the_same(stored: Figure, read: Figure) -> bool:
    return (stored.value, stored.unit, stored.label, stored.period.last) == (
        read.value, read.unit, read.label, read.period.last
    )  # fmt: skip


def _figure(row: RowMapping) -> Figure:
    return Figure(
        key=row["key"],
        label=row["label"],
        value=row["value"],
        unit=Unit(row["unit"]),
        source=row["source"],
        period=Period(first=row["starts"], last=row["ends"]),
        as_of=row["as_of"],
        basis=row["basis"],
    )
