"""What an undo finds in our own rows: how a message stands, whether a pause still holds."""

from uuid import UUID

from sqlalchemy import Engine, text

from models.database.engine import transaction
from models.terms import MessageState

_MESSAGE = text("SELECT state FROM message WHERE id = :id")
_PAUSE = text("SELECT coalesce((SELECT paused FROM pause WHERE id = :id), false)")


class UndoStandings:
    """Reads what steps have left behind."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def message(self, message_id: UUID) -> MessageState:
        """Return how a message stands."""
        with transaction(self._engine) as session:
            return MessageState(session.execute(_MESSAGE, {"id": message_id}).scalar_one())

    def still_pauses(self, pause_id: UUID) -> bool:
        """Return whether a pause has not been lifted."""
        with transaction(self._engine) as session:
            return bool(session.execute(_PAUSE, {"id": pause_id}).scalar_one())
