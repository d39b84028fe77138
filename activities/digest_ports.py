"""What the activities of a digest need: sources of figures, and the rows a digest is made of. `worker.py` chooses."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from models.digests.composing import DigestFacts
from models.digests.figures import Period
from models.digests.freshness import Readiness, SourceState
from models.digests.notifying import ContactNotice, ReportTemplate
from models.digests.reading import DigestToRead, Wanted
from models.digests.sources import Access, AskedPeriod, Connection, Reading, Trouble
from models.digests.travelling import DigestSituation
from models.drafting import Material
from models.enrollment import DraftMessage


class FigureSource(Protocol):
    """A place that figures come from. Reads only, so every call may be repeated."""

    def authorise(self, connection: Connection) -> Access:
        """Return access, with the refresh token to keep for the next time. Raises AccessLost, SourceRefusal, TryAgain."""
        ...

    def read(self, access: Access, connection: Connection, asked: AskedPeriod) -> Reading:
        """Return what the source says of a period. Raises AccessLost, SourceRefusal, TryAgain."""
        ...


class OwnSource(Protocol):
    """Our own rows as a source, which needs no access."""

    def read(self, client_id: UUID, asked: AskedPeriod) -> Reading:
        """Return the counts of a period."""
        ...


class SourceRows(Protocol):
    """Sources on rows. See `models.database.reports.source_rows`."""

    def to_read(self, run_id: UUID) -> DigestToRead:
        """Return what to read for a run."""
        ...

    def keep_token(self, connection_id: UUID, refresh_token: str) -> None:
        """Keep the refresh token that a source has given instead of the one before."""
        ...

    def keep(self, run_id: UUID, wanted: Wanted, readings: Mapping[Period, Reading], at: datetime) -> SourceState:
        """Keep what was read, and return how the source stands now."""
        ...

    def failed(self, run_id: UUID, wanted: Wanted, trouble: Trouble, problem: str, at: datetime) -> SourceState:
        """Keep that a source could not be read, and return how it stands."""
        ...

    def gated(self, run_id: UUID, found: Readiness) -> None:
        """Note what the gate has said, for those who look at the run."""
        ...


class DigestRows(Protocol):
    """Digests on rows. See `models.database.reports.digest_rows`."""

    def look(self, run_id: UUID) -> DigestSituation:
        """Return how the digest stands."""
        ...

    def hold(self, run_id: UUID, *, held: bool) -> None:
        """Note that a source is missing without which there is no digest, or no longer; its owner is told."""
        ...

    def facts(self, run_id: UUID, at: datetime) -> DigestFacts:
        """Return what the digest is made of."""
        ...

    def order(self, run_id: UUID, material: Material) -> UUID:
        """Order the draft of the digest, once for the same material."""
        ...

    def stage(self, run_id: UUID, draft_id: UUID) -> str:
        """Put a written draft before its owner and the privacy reviewer; return why nobody may be asked to approve it."""
        ...

    def publish(self, run_id: UUID) -> bool:
        """Let the client see it. Returns False if its wording may not be shown."""
        ...

    def escalate(self, run_id: UUID) -> None:
        """Tell the escalation owner that the reviewers have not decided."""
        ...

    def tell_unread(self, run_id: UUID) -> None:
        """Give the account manager the task to ask."""
        ...

    def note_read(self, run_id: UUID) -> None:
        """Close that task: somebody has read it after all."""
        ...


class NoticeRows(Protocol):
    """Messages about reports on rows. See `models.database.reports.notice_rows`."""

    def notices(self, run_id: UUID, key: str, *, unread_only: bool) -> Sequence[ContactNotice]:
        """Return who is to be told and has no message yet, with what the text may use."""
        ...

    def template(self, key: str) -> ReportTemplate:
        """Return the newest approved version of a text."""
        ...

    def plan(self, run_id: UUID, key: str, drafts: Sequence[DraftMessage]) -> tuple[str, ...]:
        """Enter messages into the ledger; return the steps of all that were entered for this text."""
        ...
