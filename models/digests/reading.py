"""What a digest reads before anything of it is written. Holds secrets; stays in the worker's memory."""

from uuid import UUID

from models.digests.figures import Period
from models.digests.sources import Connection, SourceName
from models.frozen import Frozen


class Wanted(Frozen):
    """One source of a report at one location. Holds secrets; stays in the worker's memory."""

    source: SourceName
    location: str = ""
    is_required: bool
    connection: Connection | None = None
    """None if nobody has connected it, not any more, or if it needs none."""

    @property
    def place(self) -> str:
        """The source with its location, as rows name it."""
        return f"{self.source}/{self.location}" if self.location else self.source.value


class DigestToRead(Frozen):
    """What a run reads before anything is written."""

    client_id: UUID
    period: Period
    zone: str
    earlier: tuple[Period, ...]
    """The period before, and those whose figures the client was shown lately: all are read again."""
    wanted: tuple[Wanted, ...]
