"""What taking back needs of the outside. PostgreSQL and the providers implement these; `worker.py` chooses."""

from typing import Protocol
from uuid import UUID

from models.compensation import RegisteredUndo, UndoEnd
from models.outreach import UndoReport
from models.terms import MessageState


class Undoer(Protocol):
    """How one kind of step is taken back. One per `models.compensation.UndoKind`."""

    def take_back(self, undo: RegisteredUndo) -> UndoEnd:
        """Take back what is still ours, and say what became of it. May be repeated, also after a lost answer.

        It copes with a step that was never done: its undo was registered before.

        Raises:
            TryAgain: the other end did not answer.
        """
        ...


class Undos(Protocol):
    """The registered undos. See `models.database.undos`."""

    def to_do(self, run_id: UUID) -> list[RegisteredUndo]:
        """Return what is registered and has not ended, newest first."""
        ...

    def begin(self, undo: RegisteredUndo) -> float:
        """Note that it is tried; return for how many seconds it has been tried so far."""
        ...

    def end(self, undo: RegisteredUndo, end: UndoEnd) -> None:
        """Record what became of an undo; the first end stays."""
        ...

    def report(self, run_id: UUID) -> UndoReport:
        """Return how the undos of a run have ended so far."""
        ...


class Standings(Protocol):
    """What steps have left behind in our own rows. See `models.database.undo_standings`."""

    def message(self, message_id: UUID) -> MessageState:
        """Return how a message stands."""
        ...

    def still_pauses(self, pause_id: UUID) -> bool:
        """Return whether a pause has not been lifted."""
        ...


class Corrections(Protocol):
    """Corrections of what cannot be taken back. See `models.database.corrections`."""

    def settle(self) -> int:
        """Note which corrections have left; return how many steps that has ended."""
        ...
