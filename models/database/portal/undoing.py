"""The undo of a publication: it is taken back by withdrawing the post."""

from sqlmodel import Session, col, select

from models.database.tables.handoffs import Undo
from models.database.tables.portal import Post
from models.terms import UndoState

PREFIX = "portal_post/"
"""What the step of such an undo begins with; the post's id follows."""


def register(session: Session, post: Post) -> None:
    """Note, before a post is published, how that is taken back. Safe to repeat."""
    step = f"{PREFIX}{post.id}"
    found = select(Undo).where(col(Undo.run_id) == post.run_id, col(Undo.step) == step)
    if session.exec(found).first() is None:
        session.add(Undo(run_id=post.run_id, step=step, state=UndoState.REGISTERED))
        session.flush()
