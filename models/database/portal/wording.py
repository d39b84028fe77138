"""The checks of wording on a post: kept when it is staged and when it is published, only looked at in between."""

from sqlalchemy import text as sql
from sqlmodel import Session

from models.database import wording
from models.database.tables.portal import Post
from models.portal.posts import PostText
from models.wording.audiences import Audience, Stage
from models.wording.judging import Findings

_PROVEN = sql("SELECT EXISTS (SELECT 1 FROM incident WHERE 'incident/' || id = :thread AND nothing_lost_proof <> '')")


def check(session: Session, stage: Stage, post: Post, text: PostText) -> Findings:
    """Check a post and keep what was found. Asked anew each time: clients and lexicons change."""
    return wording.check_at(session, stage, post.client_id, text.title, text.whole, _audience(session, text))


def look(session: Session, post: Post, text: PostText) -> Findings:
    """Check a post for whoever wants to know. Writes nothing."""
    return wording.look_at(session, Stage.APPROVAL, post.client_id, text.title, text.whole, _audience(session, text))


def _audience(session: Session, text: PostText) -> Audience:
    """Return who reads a post, and for an incident whether the evidence that nothing was lost is attached to it now."""
    return text.audience.model_copy(update={"no_data_lost_is_proven": is_proven(session, text.thread)})


def is_proven(session: Session, thread: str) -> bool:
    """Return whether the evidence that nothing was lost is attached to the incident of a thread."""
    return bool(session.execute(_PROVEN, {"thread": thread}).scalar_one())
