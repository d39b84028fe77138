"""How each step is taken back, registered before it is done."""

from uuid import UUID

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.database.tables.columns import Moment, a_moment, recorded_now


class Undo(SQLModel, table=True):
    """A registered undo: written before its step is done, run newest first, one outcome each."""

    __table_args__ = (
        UniqueConstraint("run_id", "step"),
        Index("undo_awaiting_correction", "correction_run_id", postgresql_where=text("state = 'not_undoable'")),
    )

    id: int | None = Field(default=None, primary_key=True)
    run_id: UUID = Field(foreign_key="run.id", index=True)
    step: str
    """What was done, once per run: `handoff`, `send:<message id>`."""
    kind: str
    """One of `models.compensation.UndoKind`."""
    about: str
    """The id of what was made: a message, a handoff, a post, a pause."""
    state: str
    reason: str = ""
    correction_run_id: UUID | None = Field(default=None, foreign_key="run.id")
    """The newest run that corrects what cannot be taken back."""
    registered_at: Moment = recorded_now()
    first_tried_at: Moment = a_moment()
    ended_at: Moment = a_moment()
