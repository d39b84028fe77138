"""Writing what clients see. Row-level security is forced: its own owner too reaches one client's rows per transaction."""

from uuid import UUID

from sqlalchemy import delete, func, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from models.database.tables.portal import PortalPost, Post
from models.portal.posts import PostText, shown_figures

_ONLY_OF = text("SELECT set_config('app.client', :client, true)")
"""`SET LOCAL`, which takes no parameters: it ends with the transaction, so that no pooled connection remembers it."""


def only_of(session: Session, client_id: UUID) -> None:
    """Open the projection of one client for the rest of this transaction. Without it every access is an error."""
    session.execute(_ONLY_OF, {"client": str(client_id)})


def show(session: Session, post: Post, wording: PostText, *, corrected: bool) -> None:
    """Let the client see a wording, in place of an earlier one of the same post."""
    only_of(session, post.client_id)
    shown = {
        "client_id": post.client_id,
        "thread": post.thread,
        "kind": post.kind,
        "title": wording.title,
        "text": wording.body,
        "as_of": wording.as_of,
        "figures": shown_figures(wording.figures),
        "at": post.published_at,
        "corrected_at": func.clock_timestamp() if corrected else None,
    }
    statement = insert(PortalPost).values({"id": post.id} | shown)
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=shown))


def hide(session: Session, post: Post) -> None:
    """Take a post away from the client, from the commit on. Safe to repeat."""
    only_of(session, post.client_id)
    session.execute(delete(PortalPost).where(col(PortalPost.id) == post.id))
