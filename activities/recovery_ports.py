"""What making up for outages and losses needs of the outside. PostgreSQL and providers implement it; `worker.py` chooses."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol
from uuid import UUID

from models.audit import AuditReport, ProviderRecord
from models.receiving import Reading, Received
from models.reconciling import Doubt
from models.recovering import Asked, Recorded


class ReceivedList(Protocol):
    """A provider that can be asked what it has received for us."""

    def received_since(self, since: datetime) -> Iterable[Received]:
        """Return what came in at or after `since`. Raises TryAgain."""
        ...


class Backfills(Protocol):
    """How far that list has been read. See `models.database.inbound.backfills`."""

    def due(self, *, at_once: bool = False) -> Reading | None:
        """Return what is to be read now, if anything is."""
        ...

    def missing(self, received: Sequence[Received]) -> list[Received]:
        """Return what no web hook has brought."""
        ...

    def take_in(self, message: Received) -> bool:
        """Take in one text as its web hook would have, or set it aside for a person."""
        ...

    def finish(self, reading: Reading, *, listed: bool) -> None:
        """Note how far the list was read, and end the outages behind that."""
        ...

    def cannot_read(self, code: str) -> None:
        """Tell a person that the list cannot be read."""
        ...


class SentRecords(Protocol):
    """A provider that can be asked for everything it has accepted from us, to whomever."""

    def sent_since(self, since: datetime) -> Iterable[Recorded]:
        """Return what it has accepted at or after `since`. Raises TryAgain."""
        ...


class Recoveries(Protocol):
    """Rows of a ledger that may have lost some. See `models.database.recovery.recoveries`."""

    def hold_if_replaced(self) -> bool:
        """Notice a ledger that is not the one that was released."""
        ...

    def taken(self) -> AbstractContextManager[Asked | None]:
        """Give what was asked for to this process, until the end of the block."""
        ...

    def begin(self, asked: Asked, listed: Sequence[str]) -> None:
        """Have what came in read again, and hold what may have left through providers without a list."""
        ...

    def progress(self, asked: Asked, read: int) -> None:
        """Note how many of the provider's messages have been read."""
        ...

    def interrupted(self, asked: Asked, code: str) -> None:
        """Note what stands in the way now."""
        ...

    def unbound(self, recorded: Sequence[Recorded]) -> list[Recorded]:
        """Return what no message is bound to."""
        ...

    def unfinished(self, asked: Asked, recorded: Iterable[Recorded]) -> list[Doubt]:
        """Return our messages to the same recipients that may have left."""
        ...

    def bind(self, row: Doubt, one: Recorded) -> None:
        """Record that a message is the one that the provider lists."""
        ...

    def keep_foreign(self, foreign: Iterable[Recorded]) -> None:
        """Keep what nobody can assign, and hold what goes to the same recipients for a person."""
        ...

    def compared(self, asked: Asked, running: Sequence[UUID] | None) -> None:
        """Note that the ledger has been compared."""
        ...

    def finish(self, asked: Asked) -> bool:
        """Finish the report once what came in has been read too."""
        ...


class AccountHistory(ReceivedList, SentRecords, Protocol):
    """A provider's list of all that its account has received and sent."""


class Audits(Protocol):
    """Rows of a ledger that is set beside a provider's list. See `models.database.recovery.audits`."""

    def ask_if_due(self) -> None:
        """Ask for an audit if the newest one is too old."""
        ...

    def taken(self) -> AbstractContextManager[Asked | None]:
        """Give what was asked for to this process, until the end of the block."""
        ...

    def complete_until(self) -> datetime:
        """Return up to when calls are in the rows."""
        ...

    def progress(self, asked: Asked, read: int) -> None:
        """Note how many of the provider's messages have been read."""
        ...

    def interrupted(self, asked: Asked, code: str) -> None:
        """Note what stands in the way now."""
        ...

    def record(
        self, asked: Asked, provider: str, sent: Sequence[Recorded], received: Sequence[Received], until: datetime
    ) -> ProviderRecord:
        """Return what a list says, set beside the rows."""
        ...

    def finish(self, asked: Asked, record: ProviderRecord | None) -> AuditReport:
        """Audit, and tell what was found."""
        ...
