"""The checks of wording on a post: kept when it is staged and when it is published, only looked at in between."""

from sqlmodel import Session

from models.database import wording
from models.database.tables.portal import Post
from models.portal.posts import PostText
from models.wording.audiences import Stage
from models.wording.judging import Findings


def check(session: Session, stage: Stage, post: Post, text: PostText) -> Findings:
    """Check a post and keep what was found. Asked anew each time: clients and lexicons change."""
    return wording.check_at(session, stage, post.client_id, text.title, text.whole, text.audience)


def look(session: Session, post: Post, text: PostText) -> Findings:
    """Check a post for whoever wants to know. Writes nothing."""
    return wording.look_at(session, Stage.APPROVAL, post.client_id, text.title, text.whole, text.audience)
