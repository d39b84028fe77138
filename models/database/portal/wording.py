"""The checks of wording on a post, with the client's own names and everybody else's."""

from sqlmodel import Session

from models.database.tables.portal import Post
from models.database.wording import surroundings_of
from models.database.wording_marks import stamp_of
from models.portal.posts import PostText
from models.wording.audiences import Audience
from models.wording.checking import check
from models.wording.findings import Finding


def findings(session: Session, post: Post, text: PostText) -> tuple[Finding, ...]:
    """Return everything that is wrong with a post's wording. Asked anew each time: clients and lexicons change."""
    known = stamp_of(session, may_write=False)
    audience = Audience(purpose=text.purpose, figures=tuple(figure.shown for figure in text.figures))
    return check(text.parts, surroundings_of(session, known, post.client_id, audience), known.digest_key)
