"""Who has seen which post how surely. Counts only: neither an address nor a browser is kept."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.database import events, runs
from models.database.events import Origin
from models.database.outbox import announce
from models.database.portal.links import Visitor
from models.database.tables.portal import Post, PostView
from models.event_kinds import EventKind
from models.portal.standing import PostState
from models.portal.views import BEACON_AFTER, Discount, ViewLevel, discount, highest

PORTAL = "portal"
_TOLERANCE = timedelta(milliseconds=500)
"""How much a browser's clock may run ahead of ours over the time of a beacon."""
_SINCE = text(
    """
    SELECT clock_timestamp() - greatest(
            (SELECT max(m.accepted_at) FROM message m WHERE m.client_id = :client AND m.address IN (c.email, c.phone)),
            (SELECT max(e.at) FROM evidence e JOIN message m ON m.id = e.message_id
             WHERE m.client_id = :client AND m.address IN (c.email, c.phone) AND e.kind = 'delivered')) AS delivery,
        clock_timestamp() - (SELECT max(v.last_at) FROM post_view v
                             WHERE v.contact_id = c.id AND v.post_id <> :post) AS other_link
    FROM client_contact c WHERE c.id = :contact
    """
)
_LAST_HIT = text(
    "SELECT clock_timestamp() - max(last_at) FROM post_view WHERE contact_id = :contact AND post_id = :post AND level = 'link_hit'"
)


@dataclass(frozen=True, slots=True)
class Seen:
    """How surely one person has seen a post, and since when."""

    contact_id: UUID
    level: ViewLevel
    first_at: datetime


def hit(session: Session, visitor: Visitor, post_id: UUID, method: str, user_agent: str) -> Discount | None:
    """Note that a page was asked for, and whether that may have been a person; return why not."""
    since = session.execute(_SINCE, {"client": visitor.client_id, "contact": visitor.contact_id, "post": post_id}).one()
    discounted = discount(method, user_agent, since.delivery, since.other_link)
    _note(session, visitor, post_id, ViewLevel.LINK_HIT, discounted)
    return discounted


def viewed(session: Session, visitor: Visitor, post_id: UUID, user_agent: str) -> bool:
    """Note that the page was visible for three seconds. False if no page was asked for so long ago, or by a program."""
    since = session.execute(_LAST_HIT, {"contact": visitor.contact_id, "post": post_id}).scalar_one()
    if since is None or since < BEACON_AFTER - _TOLERANCE or discount("GET", user_agent, None, None) is not None:
        return False
    _note(session, visitor, post_id, ViewLevel.VIEWED)
    return True


def confirmed(session: Session, visitor: Visitor, post_id: UUID) -> None:
    """Note that the person has said they have read it."""
    _note(session, visitor, post_id, ViewLevel.VIEWED_AUTHENTICATED)


def confirmed_at(session: Session, visitor: Visitor, post_id: UUID) -> datetime | None:
    """Return when the person has said they have read the version that is published, if they have."""
    query = (
        select(PostView.first_at)
        .join(Post, (col(Post.id) == col(PostView.post_id)) & (col(Post.published_version) == col(PostView.version)))
        .where(
            col(PostView.post_id) == post_id,
            col(PostView.contact_id) == visitor.contact_id,
            col(PostView.level) == ViewLevel.VIEWED_AUTHENTICATED,
        )
    )
    return session.exec(query).first()


def seen(session: Session, post_id: UUID) -> list[Seen]:
    """Return for every person who has seen a post how surely, in any of its versions."""
    query = select(PostView).where(col(PostView.post_id) == post_id, col(PostView.discounted) == "")
    looks: dict[UUID, dict[ViewLevel, datetime]] = {}
    for row in session.exec(query.order_by(col(PostView.last_at).desc())):
        looks.setdefault(row.contact_id, {})[ViewLevel(row.level)] = row.first_at or row.last_at  # type: ignore[assignment]
    surest = {contact: highest(set(levels)) for contact, levels in looks.items()}
    return [Seen(contact, level, looks[contact][level]) for contact, level in surest.items() if level]


def _note(
    session: Session, visitor: Visitor, post_id: UUID, level: ViewLevel, discounted: Discount | None = None
) -> None:
    post = session.get(Post, post_id)
    if post is None or post.client_id != visitor.client_id or post.state != PostState.PUBLISHED:
        return
    look = {
        "post_id": post_id,
        "version": post.published_version,
        "contact_id": visitor.contact_id,
        "level": level,
        "discounted": discounted or "",
    }
    again = {"last_at": func.clock_timestamp(), "times": PostView.times + 1}
    noted = insert(PostView).values(look | {"times": 1})
    noted = noted.on_conflict_do_update(index_elements=list(look), set_=again)
    times = session.execute(noted.returning(col(PostView.times))).scalar_one()
    if times == 1 and level is not ViewLevel.LINK_HIT:
        about = runs.subject(runs.existing(session, post.run_id))
        facts = {"post": str(post_id), "contact": str(visitor.contact_id), "version": post.published_version}
        events.record(session, EventKind.POST_VIEWED, Origin(PORTAL, "contact"), about, level, **facts)
        announce(session, post.run_id)  # a run may wait for it
