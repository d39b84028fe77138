"""What handing over needs of the outside: the CRM, and the rows of what went there. `worker.py` chooses."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from models.handoff import CrmRecord, LeadForCrm, PreparedHandoff


class Handoffs(Protocol):
    """Handoffs and undos. See `models.database.handoffs`."""

    def prepare(self, run_id: UUID) -> PreparedHandoff:
        """Register the undo and note the handoff."""
        ...

    def snapshot(self, handoff_id: UUID, found: dict[str, Any]) -> None:
        """Keep what the CRM held before our first write."""
        ...

    def accepted(self, handoff_id: UUID, contact_id: str, deal_id: str, written: dict[str, Any]) -> None:
        """Record that the CRM has the lead."""
        ...

    def given_to_person(self, handoff_id: UUID, reason: str) -> None:
        """Record that the CRM does not get the lead by itself."""
        ...

    def postponed(self, handoff_id: UUID, reason: str, wait: timedelta) -> None:
        """Record a call that failed, and when the next one is due."""
        ...

    def due(self, limit: int = 20) -> list[PreparedHandoff]:
        """Return handoffs to offer now."""
        ...

    def switch_off(self, reason: str) -> None:
        """Offer the CRM nothing more until a person has switched it on again."""
        ...

    def is_switched_off(self) -> bool:
        """Return whether nothing is to be offered to the CRM."""
        ...

    def of_run(self, run_id: UUID) -> PreparedHandoff | None:
        """Return the handoff of a run as stored."""
        ...


class Crm(Protocol):
    """The client's CRM. Every call may be repeated. All raise TryAgain, or CrmRefusal if repeating cannot help.

    CrmGone is the refusal of a CRM that wants nothing more.
    """

    @property
    def waits(self) -> Sequence[timedelta]:
        """How long to wait after each failed call in a row; after the last one a person is told."""
        ...

    @property
    def can_be_asked(self) -> bool:
        """Whether `find` tells what the CRM holds. A web hook is only told: its receiver decides what to take back."""
        ...

    def find(self, key: str) -> CrmRecord | None:
        """Return what the CRM holds under our key, or None."""
        ...

    def upsert(self, lead: LeadForCrm) -> CrmRecord:
        """Create or update the lead under our key."""
        ...

    def archive(self, lead: LeadForCrm, record: CrmRecord) -> None:
        """Take out of use what we created, so that people see it and can bring it back; nothing is deleted."""
        ...

    def restore(self, record: CrmRecord, properties: dict[str, dict[str, str]]) -> None:
        """Write earlier values back, by object kind (`contact`, `deal`). An empty value empties the property."""
        ...
