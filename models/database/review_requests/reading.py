"""Reviews as they were read: kept once each, ascribed to a request where name and time allow it, never on a guess."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine, text
from sqlmodel import Session, col, select

from models.database import events, runs
from models.database.engine import now, transaction
from models.database.events import Origin, Subject, TaskOrder
from models.database.outbox import announce
from models.database.tables.review_requests import ObservedReview, ReviewLocation
from models.digests.freshness import SourceStatus
from models.event_kinds import EventKind
from models.review_requests.matching import OBSERVED_FOR, AskedCustomer, Match, SeenReview, match
from models.review_requests.observing import OVERLAP, AccessLost, LocationToRead, SourceUnavailable

GOOGLE = Origin("google_business", "google_business")
LOST_TASK = "reviews_unreadable"
_OWNER = "sales-ops"
_GIVE_ACCESS = (
    "The reviews of this location cannot be read any more. Give the agency's account access to it at Google Business Profile, or "
    "correct its name (comms reviews location). Requests go on; their reviews are not seen meanwhile."
)
_DUE = text(
    """
    SELECT id, google_name, read_through FROM review_location
    WHERE google_name <> '' AND coalesce(read_again_at, '-infinity') <= clock_timestamp()
      AND (read_at IS NULL OR read_problem <> '' OR read_at <= clock_timestamp() - CAST(:every AS interval))
    ORDER BY read_at NULLS FIRST LIMIT :limit
    """
)
_ASKED = text(
    """
    SELECT j.run_id, l.first_name, l.last_name, min(coalesce(m.accepted_at, m.lease_until)) AS first_sent_at,
        max(coalesce(m.accepted_at, m.lease_until)) AS last_sent_at,
        (SELECT min(u.at) FROM review_link k JOIN review_link_use u USING (token)
         WHERE k.run_id = j.run_id AND u.not_counted IS NULL) AS clicked_at
    FROM job j JOIN lead l ON l.id = j.lead_id JOIN message m ON m.run_id = j.run_id AND m.audience = 'contact'
        AND m.state IN ('accepted', 'dispatching', 'unknown', 'escalated') AND m.failure_class IS NULL
    WHERE j.location_id = :location
        AND NOT EXISTS (SELECT 1 FROM review_observed o WHERE o.run_id = j.run_id AND o.review_id <> :review)
    GROUP BY j.run_id, l.id HAVING max(coalesce(m.accepted_at, m.lease_until)) >= :since AND min(m.accepted_at) <= :until
    """
)


class ReadReviews:
    """Reviews on PostgreSQL.

    Args:
        engine: the way to the rows.
        every: how often a location is read.
        patience: how soon one that could not be read is tried again, unless the provider asks for more.
    """

    def __init__(self, engine: Engine, every: timedelta, patience: timedelta) -> None:
        self._engine = engine
        self._every = every
        self._patience = patience

    def due(self, limit: int) -> list[LocationToRead]:
        """Return locations to read now, those first that were read longest ago."""
        with transaction(self._engine) as session:
            rows = session.execute(_DUE, {"every": self._every, "limit": limit}).all()
        return [
            LocationToRead(
                location_id=row.id,
                google_name=row.google_name,
                changed_since=row.read_through - OVERLAP if row.read_through else None,
            )
            for row in rows
        ]

    def seen(self, location: LocationToRead, reviews: Iterable[SeenReview]) -> int:
        """Keep what was read to the end, in one transaction; return how many are new or changed. Safe to repeat."""
        with transaction(self._engine) as session:
            row = session.get_one(ReviewLocation, location.location_id, with_for_update=True)
            ordered = sorted(reviews, key=lambda review: review.updated_at)
            changed = sum(_keep(session, row, review) for review in ordered)
            newest = ordered[-1].updated_at if ordered else None
            row.read_through = max((m for m in (row.read_through, newest) if m is not None), default=None)
            row.read_at = now(session)
            if row.read_state == SourceStatus.AUTH_LOST:
                events.close_tasks(session, LOST_TASK, str(row.id), GOOGLE)
            if row.read_problem:
                events.record(
                    session, EventKind.REVIEWS_READABLE, GOOGLE, Subject(_OWNER, row.client_id), location=str(row.id)
                )
            row.read_state, row.read_problem, row.read_again_at = SourceStatus.FRESH, "", None
            return changed

    def failed(self, location_id: UUID, why: SourceUnavailable) -> None:
        """Keep that a location could not be read; lost access is also on a person's list."""
        with transaction(self._engine) as session:
            row = session.get_one(ReviewLocation, location_id, with_for_update=True)
            about = Subject(_OWNER, row.client_id)
            if row.read_problem != why.code:
                events.record(session, EventKind.REVIEWS_UNREADABLE, GOOGLE, about, why.code, location=str(row.id))
            row.read_problem = why.code
            row.read_again_at = now(session) + (why.after or self._patience)
            if isinstance(why, AccessLost):
                row.read_state = SourceStatus.AUTH_LOST
                evidence = {"location": row.key, "code": why.code}
                events.open_task(session, TaskOrder(LOST_TASK, str(row.id), _GIVE_ACCESS, evidence), about, GOOGLE)
            elif row.read_state == SourceStatus.FRESH:
                row.read_state = SourceStatus.STALE


def _keep(session: Session, location: ReviewLocation, review: SeenReview) -> bool:
    known = session.exec(
        select(ObservedReview).where(
            col(ObservedReview.location_id) == location.id, col(ObservedReview.review_id) == review.review_id
        )
    ).first()
    if known is not None and known.updated_at == review.updated_at:
        return False
    row = known or ObservedReview(
        client_id=location.client_id, location_id=location.id, provider="google", review_id=review.review_id
    )
    row.reviewer, row.stars = review.reviewer, review.stars
    row.created_at, row.updated_at = review.created_at, review.updated_at
    if row.run_id is None:
        _ascribe(session, row, match(review, _asked(session, location, review)))
    session.add(row)
    session.flush()
    return True


def _ascribe(session: Session, row: ObservedReview, found: Match) -> None:
    row.match_confidence = found.confidence
    if found.run_id is None:
        return
    row.run_id = found.run_id
    about = runs.subject(runs.existing(session, found.run_id))
    events.record(session, EventKind.REVIEW_OBSERVED, GOOGLE, about, str(found.confidence), review=str(row.id))
    announce(session, found.run_id)


def _asked(session: Session, location: ReviewLocation, review: SeenReview) -> list[AskedCustomer]:
    since: datetime = review.created_at - OBSERVED_FOR
    where = {"location": location.id, "since": since, "until": review.created_at, "review": review.review_id}
    return [
        AskedCustomer(
            run_id=row.run_id,
            name=f"{row.first_name} {row.last_name}".strip(),
            first_sent_at=row.first_sent_at.astimezone(UTC),
            last_sent_at=row.last_sent_at.astimezone(UTC),
            clicked_at=row.clicked_at,
        )
        for row in session.execute(_ASKED, where)
    ]
