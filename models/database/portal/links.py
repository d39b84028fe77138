"""Links to the portal: a right to read, for one person at a client, that ends by itself and can be taken away.

What stands in the address is 256 bits, made from the link's random id with a secret key, so that the same link can be given
again while a message that carries it is being prepared. Only its hash is stored; neither the rows nor the key alone open
anything.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import text, update
from sqlmodel import Session, col, select

from models.database import events
from models.database.engine import now
from models.database.events import SYSTEM, Origin, Subject
from models.database.tables.people import ClientContact
from models.database.tables.portal import PortalLink, Post
from models.errors import UnknownRecord
from models.event_kinds import EventKind
from models.identity import token_hash

PATH = "/portal"
LinkTo = Callable[[Session, UUID, UUID | None], str]
"""Returns the address at which one person (contact id) reads a post, or the list; issues it in the caller's transaction."""
_PURPOSE = b"portal-link|"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_VISITOR = text(
    """
    SELECT l.id AS link_id, l.contact_id, l.client_id, l.post_id, c.name AS client_name, c.time_zone
    FROM portal_link l JOIN client_contact p ON p.id = l.contact_id AND p.active JOIN client c ON c.id = l.client_id
    WHERE l.token_hash = :token AND l.revoked_at IS NULL AND l.expires_at > clock_timestamp()
    """
)
_USED = text(
    "UPDATE portal_link SET last_used_at = clock_timestamp() WHERE id = :link "
    "AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')"
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose link was shown. `post_id` is the post that it leads to first."""

    link_id: UUID
    contact_id: UUID
    client_id: UUID
    post_id: UUID | None
    client_name: str
    time_zone: str


def issue(
    session: Session, contact_id: UUID, post_id: UUID | None, key: bytes, lasts: timedelta, by: str = SYSTEM
) -> str:
    """Return the path of a link for one person: to a post, or to the list.

    Safe to repeat: a link that works for at least half of `lasts` is given again. An older one keeps working until it expires.

    Args:
        session: the caller's transaction.
        contact_id: whose it is.
        post_id: a post of their client, or None.
        key: the secret of unsubscribe links; the purpose is part of what is made with it.
        lasts: how long a new one works.
        by: who asked for it.

    Raises:
        UnknownRecord: there is no such active person, or their client has no such post.
    """
    contact = session.get(ClientContact, contact_id, with_for_update=True)
    if contact is None or not contact.active:
        raise UnknownRecord(f"there is no active contact {contact_id}")
    post = session.get(Post, post_id) if post_id else None
    if post_id and (post is None or post.client_id != contact.client_id):
        raise UnknownRecord(f"the client of contact {contact_id} has no post {post_id}")
    in_use = _in_use(session, contact_id, post_id)
    if in_use is not None and in_use.expires_at and in_use.expires_at >= now(session) + lasts / 2:
        return _path(key, in_use.id)
    if in_use is not None:
        in_use.superseded_at = now(session)
        session.flush()
    identity = uuid4()
    session.add(
        PortalLink(
            id=identity,
            client_id=contact.client_id,
            contact_id=contact_id,
            post_id=post_id,
            token_hash=token_hash(_token(key, identity)),
            issued_by=by,
            expires_at=now(session) + lasts,
        )
    )
    session.flush()
    _record(session, EventKind.PORTAL_LINK_ISSUED, Origin("comms", by), contact.client_id, identity)
    return _path(key, identity)


def visitor(session: Session, token: str) -> Visitor | None:
    """Return whose link this is, or None: unknown, expired, revoked, and of somebody who left are all the same."""
    if not _TOKEN.fullmatch(token):
        return None
    found = session.execute(_VISITOR, {"token": token_hash(token)}).mappings().first()
    if found is None:
        return None
    session.execute(_USED, {"link": found["link_id"]})
    return Visitor(**found)


def of_contact(session: Session, contact_id: UUID) -> Sequence[PortalLink]:
    """Return the links that were issued to a person, the newest first."""
    query = select(PortalLink).where(col(PortalLink.contact_id) == contact_id)
    return session.exec(query.order_by(col(PortalLink.issued_at).desc())).all()


def revoke(session: Session, link_id: UUID, origin: Origin) -> bool:
    """Take a link away, from the commit on. False if it was revoked before. Raises UnknownRecord."""
    link = session.get(PortalLink, link_id, with_for_update=True)
    if link is None:
        raise UnknownRecord(f"there is no portal link {link_id}")
    return _revoke(session, [link_id], origin) == 1


def revoke_all(session: Session, contact_id: UUID, origin: Origin) -> int:
    """Take every link of a person away; return how many."""
    return _revoke(session, [link.id for link in of_contact(session, contact_id)], origin)


def _revoke(session: Session, links: Sequence[UUID], origin: Origin) -> int:
    changed = session.execute(
        update(PortalLink)
        .where(col(PortalLink.id).in_(links), col(PortalLink.revoked_at).is_(None))
        .values(revoked_at=text("clock_timestamp()"), revoked_by=origin.actor)
        .returning(col(PortalLink.id), col(PortalLink.client_id))
    ).all()
    for link_id, client_id in changed:
        _record(session, EventKind.PORTAL_LINK_REVOKED, origin, client_id, link_id)
    return len(changed)


def _in_use(session: Session, contact_id: UUID, post_id: UUID | None) -> PortalLink | None:
    query = select(PortalLink).where(
        col(PortalLink.contact_id) == contact_id,
        col(PortalLink.post_id).is_not_distinct_from(post_id),
        col(PortalLink.superseded_at).is_(None),
        col(PortalLink.revoked_at).is_(None),
    )
    return session.exec(query).first()


def _token(key: bytes, link_id: UUID) -> str:
    made = hmac.new(key, _PURPOSE + link_id.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def _path(key: bytes, link_id: UUID) -> str:
    return f"{PATH}/{_token(key, link_id)}"


def _record(session: Session, kind: EventKind, origin: Origin, client_id: UUID, link_id: UUID) -> None:
    events.record(session, kind, origin, Subject(origin.actor, client_id), link=str(link_id))
