"""How steps are taken back whose traces are rows of ours: messages, posts in the portal, pauses."""

from uuid import UUID

from activities.portal_ports import Portal
from activities.undoing_ports import Standings
from models.compensation import RegisteredUndo, UndoEnd
from models.terms import IN_DOUBT, MessageState, UndoState


class MessageUndoer:
    """Nothing recalls a message: what has left can only be corrected, by a message of its own."""

    def __init__(self, standings: Standings) -> None:
        self._standings = standings

    def take_back(self, undo: RegisteredUndo) -> UndoEnd:
        """Say whether there is something to correct."""
        state = self._standings.message(UUID(undo.about))
        if state in IN_DOUBT:
            return UndoEnd(UndoState.GIVEN_TO_PERSON, "nobody knows yet whether the message left")
        if state is MessageState.ACCEPTED:
            return UndoEnd(UndoState.NOT_UNDOABLE, "a sent message cannot be recalled")
        return UndoEnd(UndoState.NOTHING_TO_UNDO, "the message never left")


class PauseUndoer:
    """A pause is lifted by a person who has seen what would leave; until then it holds, which harms nobody."""

    def __init__(self, standings: Standings) -> None:
        self._standings = standings

    def take_back(self, undo: RegisteredUndo) -> UndoEnd:
        """Give it to a person, unless it was lifted."""
        if self._standings.still_pauses(UUID(undo.about)):
            return UndoEnd(UndoState.GIVEN_TO_PERSON, "a resume needs somebody who has seen its preview")
        return UndoEnd(UndoState.NOTHING_TO_UNDO, "the pause is lifted")


class PostUndoer:
    """A post is hidden from the client at once; what they have read of it, only a correction can put right."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def take_back(self, undo: RegisteredUndo) -> UndoEnd:
        """Withdraw it."""
        if self._portal.withdraw(UUID(undo.about), "taken back with its run") or undo.again:
            return UndoEnd(UndoState.UNDONE, "withdrawn: the client no longer sees it")
        return UndoEnd(UndoState.NOTHING_TO_UNDO, "it was withdrawn before")
