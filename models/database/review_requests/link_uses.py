"""The use of a review link: where it leads, and whether a person has used it."""

from datetime import datetime

from sqlalchemy import text
from sqlmodel import Session

from models.database import events, runs
from models.database.events import Origin
from models.database.outbox import announce
from models.database.tables.review_requests import ReviewLinkUse
from models.event_kinds import EventKind
from models.review_requests.clicks import AT_ONCE, LinkUse, NotCounted, not_counted

LINK = Origin("review_link", "recipient")
_FOUND = text(
    """
    SELECT k.run_id, k.step, p.review_url, clock_timestamp() AS at,
        (SELECT coalesce((SELECT max(e.at) FROM evidence e WHERE e.message_id = m.id AND e.kind = 'delivered'), m.accepted_at)
         FROM message m WHERE m.run_id = k.run_id AND m.step = k.step ORDER BY m.occurrence DESC LIMIT 1) AS arrived_at,
        (SELECT max(u.at) FROM review_link o JOIN review_link_use u USING (token)
         WHERE o.run_id = k.run_id AND o.token <> k.token) AS other_link_at
    FROM review_link k JOIN review_location p ON p.id = k.location_id WHERE k.token = :token
    """
)
_AT_ONCE = text(
    """
    UPDATE review_link_use u SET not_counted = :why FROM review_link o
    WHERE o.token = u.token AND o.run_id = :run AND o.token <> :token AND u.not_counted IS NULL AND u.at > :since
    """
)


def use(session: Session, token: str, method: str, agent: str) -> str | None:
    """Note that a link was used; return where it leads, the same for everybody, or None if there is no such link.

    Args:
        session: an open transaction.
        token: of the link.
        method: of the request.
        agent: the `User-Agent`; looked at and not kept.
    """
    found = session.execute(_FOUND, {"token": token}).mappings().first()
    if found is None:
        return None
    at: datetime = found["at"]
    judged = LinkUse(
        method=method,
        agent=agent,
        at=at,
        arrived_at=found["arrived_at"],
        other_link_at=found["other_link_at"],
    )
    why = not_counted(judged)
    session.add(ReviewLinkUse(token=token, at=at, not_counted=why))
    session.flush()
    if why is NotCounted.ALL_AT_ONCE:  # then the one before it was no person either
        where = {"run": found["run_id"], "token": token, "since": at - AT_ONCE, "why": why}
        session.execute(_AT_ONCE, where)
    if why is None:
        about = runs.subject(runs.existing(session, found["run_id"]))
        events.record(session, EventKind.REVIEW_LINK_USED, LINK, about, step=found["step"])
        announce(session, found["run_id"])
    return str(found["review_url"])
