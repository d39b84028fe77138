"""How a publication is taken back: the client no longer sees the post."""

from uuid import UUID

from activities.portal_ports import Portal
from models.compensation import RegisteredUndo, UndoEnd
from models.terms import UndoState


class PostUndoer:
    """Withdraws. Whoever has read the post has read it; a correction is a post of its own."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def take_back(self, undo: RegisteredUndo) -> UndoEnd:
        """Hide the post at once, unless it is hidden."""
        if self._portal.withdraw(UUID(undo.about), "taken back by its run"):
            return UndoEnd(UndoState.UNDONE, "withdrawn from the portal")
        return UndoEnd(UndoState.NOTHING_TO_UNDO, "the client does not see it")
