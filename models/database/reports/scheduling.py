"""Which schedule every report should have, and which one Temporal was last given."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine, text

from models.database.engine import transaction
from models.digests.periods import Cadence

VERSION = 1
"""Raise it when schedules themselves change: every one is then given anew."""

# What is stored of a schedule is what it was made of; a report that is off and never had one needs none.
_OUTDATED = text(
    """
    SELECT r.id, r.cadence, r.active, c.time_zone, r.scheduled_as,
        CASE WHEN r.active THEN concat_ws('|', CAST(:version AS text), r.cadence, c.time_zone) ELSE '' END AS wanted
    FROM report r JOIN client c ON c.id = r.client_id
    WHERE r.scheduled_as <> CASE WHEN r.active THEN concat_ws('|', CAST(:version AS text), r.cadence, c.time_zone) ELSE '' END
    ORDER BY r.created_at
    """
)
_ALIGNED = text("UPDATE report SET scheduled_as = :wanted WHERE id = :id AND scheduled_as = :was")


@dataclass(frozen=True, slots=True)
class PlannedSchedule:
    """The schedule that a report should have. `active` False: none."""

    report_id: UUID
    cadence: Cadence
    zone: str
    active: bool
    wanted: str
    was: str

    @property
    def schedule_id(self) -> str:
        """Its name at the workflow server."""
        return f"report/{self.report_id}"


class Schedules:
    """The relay's side of the schedules. Several relays may align at once: what they do is the same.

    Args:
        engine: the way to the rows.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def outdated(self) -> list[PlannedSchedule]:
        """Return the schedules that are not as their reports say."""
        with transaction(self._engine) as session:
            rows = session.execute(_OUTDATED, {"version": VERSION}).all()
        return [
            PlannedSchedule(row.id, Cadence(row.cadence), row.time_zone, row.active, row.wanted, row.scheduled_as)
            for row in rows
        ]

    def aligned(self, planned: PlannedSchedule) -> None:
        """Note that Temporal has it now, unless another relay was faster."""
        with transaction(self._engine) as session:
            session.execute(_ALIGNED, {"id": planned.report_id, "wanted": planned.wanted, "was": planned.was})
