"""What the schedule asks of PostgreSQL."""

import logging
from uuid import UUID

from sqlalchemy import Engine

from models.database.engine import transaction
from models.database.reports import opening
from models.database.runs import LostRace
from models.digests.travelling import PeriodToOpen
from models.errors import TryAgain

log = logging.getLogger("reports")


class PeriodRows:
    """Implements what the activities need to ask for a digest.

    Args:
        engine: the way to the rows.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open(self, order: PeriodToOpen) -> UUID | None:
        """Ask for the digest of the newest period that was over then. Safe to repeat. Raises UnknownRecord, TryAgain."""
        try:
            with transaction(self._engine) as session:
                started = opening.open_for_schedule(session, order.report_id, order.at)
        except LostRace:
            raise TryAgain("asked for at the same moment") from None
        if started is None:
            log.info("no digest to make", extra={"report": str(order.report_id)})
            return None
        return started.run_id
