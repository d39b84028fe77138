"""What drafting needs of the outside: who words a text, and where drafts are kept. `worker.py` chooses."""

from typing import Protocol
from uuid import UUID

from models.drafting import Drafted, DraftSource, Material, Written
from models.wording.judging import Findings
from models.wording.slots import Filled


class Drafter(Protocol):
    """Words a text. What it gives back is untrusted."""

    @property
    def name(self) -> str:
        """The author of what it writes."""
        ...

    def draft(self, material: Material) -> Written:
        """Return a text with its slots open. Raises TryAgain, or DrafterRefusal if there is no usable text."""
        ...


class Drafts(Protocol):
    """Drafts that wait for their first text. See `models.database.drafting`."""

    def written(self, draft_id: UUID) -> Drafted | None:
        """Return a draft that has a text."""
        ...

    def material(self, draft_id: UUID) -> Material:
        """Return what it is to be written from."""
        ...

    def look(self, draft_id: UUID, text: Filled) -> Findings:
        """Return what the checks find in a text for it."""
        ...

    def keep(self, draft_id: UUID, text: Filled, source: DraftSource, author: str, note: str) -> Drafted:
        """Give it its first text."""
        ...
