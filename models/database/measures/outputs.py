"""Reading the eight outputs: a page of one, or all of it as a stream. Nothing here changes a row."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, TextClause, text
from sqlmodel import Session

from models.outputs import ROWS, OutputRow, OutputView

ROWS_AT_ONCE = 1000
"""Of a stream, from the database's cursor."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of an output."""

    clients: list[UUID] | None = None
    """Only theirs; None: those of all clients, and what concerns every client."""
    run: UUID | None = None
    since: datetime | None = None
    every_run: bool = False
    """Also the rows that stand for runs which have nothing of the kind yet."""


def page(
    session: Session, view: OutputView, wanted: Wanted, limit: int, after: tuple[datetime, UUID] | None = None
) -> list[OutputRow]:
    """Return rows, what changed last first; those that come after the row `after` in that order."""
    moment, identity = after or (None, None)
    found = session.execute(_query(view), _where(wanted) | {"limit": limit, "at": moment, "id": identity})
    return [ROWS[view].model_validate(dict(row)) for row in found.mappings()]


def stream(session: Session, view: OutputView, wanted: Wanted) -> Iterator[list[RowMapping]]:
    """Return every row in the same order, some at a time; the database keeps the rest until it is asked for."""
    ways = {"stream_results": True, "yield_per": ROWS_AT_ONCE}
    where = _where(wanted) | {"limit": None, "at": None, "id": None}
    found = session.connection().execute(_query(view), where, execution_options=ways)
    yield from (list(rows) for rows in found.mappings().partitions(ROWS_AT_ONCE))


def _where(wanted: Wanted) -> dict[str, object]:
    return {
        "clients": wanted.clients,
        "run": wanted.run,
        "since": wanted.since,
        "every_run": wanted.every_run,
    }


def _query(view: OutputView) -> TextClause:
    columns = ", ".join(ROWS[view].model_fields)
    return text(
        f"""
        SELECT {columns} FROM output_{view}
        WHERE (is_recorded OR :every_run) AND (CAST(:clients AS uuid[]) IS NULL OR client_id = ANY(CAST(:clients AS uuid[])))
          AND (CAST(:run AS uuid) IS NULL OR run_id = :run)
          AND (CAST(:since AS timestamptz) IS NULL OR at >= :since)
          AND (CAST(:at AS timestamptz) IS NULL OR (at, id) < (:at, CAST(:id AS uuid)))
        ORDER BY at DESC, id DESC LIMIT CAST(:limit AS bigint)
        """
    )
