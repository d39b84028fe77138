"""Asking for the digest of a period that is over."""

from typing import Protocol
from uuid import UUID

from temporalio import activity

from activities.declared_undos import has_no_undo
from models.digests.travelling import PeriodToOpen


class Periods(Protocol):
    """Closed periods on rows. See `models.database.reports.period_rows`."""

    def open(self, order: PeriodToOpen) -> UUID | None:
        """Ask for the digest of the newest period that was over at a moment; None if there is none to be made."""
        ...


class PeriodActivities:
    """What the schedule asks for.

    Args:
        periods: closed periods and their runs.
    """

    def __init__(self, periods: Periods) -> None:
        self._periods = periods

    @activity.defn
    @has_no_undo("it asks for a run, whose steps declare theirs")
    def open_period(self, order: PeriodToOpen) -> UUID | None:
        """Ask for the digest; return its run. Safe to repeat: a period is asked for once."""
        return self._periods.open(order)
