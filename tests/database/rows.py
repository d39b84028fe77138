"""The rows of one database: what tests read of them, and how they let time pass."""

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, Engine, RowMapping, text

from models.database.engine import transaction


class Rows:
    """Everything that is in a database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def rows(self, statement: str, **values: Any) -> list[RowMapping]:
        """Return rows; a statement that writes is committed."""
        with transaction(self.engine) as session:
            result = cast(CursorResult[Any], session.execute(text(statement), values))
            return list(result.mappings()) if result.returns_rows else []

    def one(self, statement: str, **values: Any) -> RowMapping:
        """Return the one row."""
        [row] = self.rows(statement, **values)
        return row

    def message(self, run: UUID, step: str = "hello", occurrence: int = 1) -> RowMapping:
        """Return a message's row."""
        where = "run_id = :run AND step = :step AND occurrence = :occurrence"
        return self.one(f"SELECT * FROM message WHERE {where}", run=run, step=step, occurrence=occurrence)

    def attempts(self, run: UUID) -> list[RowMapping]:
        """Return every attempt of a run, oldest first."""
        query = "SELECT a.* FROM attempt a JOIN message m ON m.id = a.message_id WHERE m.run_id = :run ORDER BY a.fence"
        return self.rows(query, run=run)

    def events(self, kind: str) -> list[RowMapping]:
        """Return the events of a kind, oldest first."""
        return self.rows("SELECT * FROM event WHERE kind = :kind ORDER BY id", kind=kind)

    def tasks(self, kind: str | None = None) -> list[RowMapping]:
        """Return open tasks."""
        query = "SELECT * FROM owner_task WHERE closed_at IS NULL AND (CAST(:kind AS text) IS NULL OR kind = :kind)"
        return self.rows(query, kind=kind)

    def announced(self, run: UUID) -> int:
        """Return how much news of a run waits in the outbox."""
        found = self.rows("SELECT news FROM outbox WHERE run_id = :run", run=run)
        return int(found[0]["news"]) if found else 0

    def make_due(self, run: UUID) -> None:
        """Set a run's leases and checks back, as if the time had passed on the database's clock."""
        self.rows(
            "UPDATE message SET lease_until = least(lease_until, clock_timestamp()), "
            "next_check_at = least(next_check_at, clock_timestamp()) WHERE run_id = :run AND next_check_at IS NOT NULL",
            run=run,
        )

    def passes(self, run: UUID, time: timedelta) -> None:
        """Set every moment of a run's messages back, as if so much time had passed on the database's clock."""
        self.rows(
            "UPDATE message SET lease_until = lease_until - :time, next_check_at = next_check_at - :time, "
            "expires_at = expires_at - :time, accepted_at = accepted_at - :time WHERE run_id = :run",
            run=run,
            time=time,
        )
        of_run = "message_id IN (SELECT id FROM message WHERE run_id = :run)"
        self.rows(f"UPDATE attempt SET started_at = started_at - :time WHERE {of_run}", run=run, time=time)
