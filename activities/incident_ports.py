"""Incidents, as the activities see them. See `models.database.incidents.notices`."""

from typing import Protocol
from uuid import UUID

from models.drafting import Material
from models.incidents.material import NoticeMaterial, Written
from models.incidents.steering import IncidentSituation
from models.incidents.travelling import Chase, NoticeOrder


class Incidents(Protocol):
    """What the runs of incidents read and write."""

    def look(self, run_id: UUID) -> IncidentSituation:
        """Return how the incident of a run stands for its client."""
        ...

    def material(self, order: NoticeOrder) -> NoticeMaterial:
        """Return what one update is made of for the client of a run."""
        ...

    def portal_links(self, order: NoticeOrder, made_of: NoticeMaterial) -> dict[UUID, str]:
        """Return where each reader of a mail reads more, by contact."""
        ...

    def order(self, order: NoticeOrder, material: Material) -> UUID:
        """Order the draft of what the portal will show."""
        ...

    def stage(self, order: NoticeOrder, draft_id: UUID) -> None:
        """Keep what the portal will show, as it was drafted, and ask for its approval."""
        ...

    def write(self, order: NoticeOrder, written: Written) -> None:
        """Enter the messages of an update into the ledger."""
        ...

    def publish(self, order: NoticeOrder) -> None:
        """Show the client an approved update in the portal."""
        ...

    def chase(self, chase: Chase) -> None:
        """Let a person hear of a promised time."""
        ...

    def ask_to_resume(self, run_id: UUID) -> None:
        """Preview what the pauses of an incident would let go, and ask for the approval of that."""
        ...

    def resume(self, run_id: UUID) -> None:
        """Let go what was approved, or ask again if it has become more."""
        ...
