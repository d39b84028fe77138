"""What explanations show of a job and of what came of its request. Names, addresses and ratings are not read."""

from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

_JOB = text(
    """
    SELECT j.job_id, j.state, j.completed_at, j.source, j.reported_by, j.reported_at, j.not_asked, j.waits_since, j.ask_from,
        p.key AS location, sent.count AS sent, sent.delivered, o.created_at AS reviewed_at, o.match_confidence,
        (SELECT min(u.at) FROM review_link k JOIN review_link_use u USING (token)
         WHERE k.run_id = j.run_id AND u.not_counted IS NULL) AS clicked_at
    FROM job j JOIN review_location p ON p.id = j.location_id
    LEFT JOIN LATERAL (SELECT created_at, match_confidence FROM review_observed WHERE run_id = j.run_id
                       ORDER BY created_at LIMIT 1) o ON true
    CROSS JOIN LATERAL (
        SELECT count(*) AS count, coalesce(bool_or(m.delivery = 'delivered'), false) AS delivered FROM message m
        WHERE m.run_id = j.run_id AND m.audience = 'contact' AND m.failure_class IS NULL
          AND m.state IN ('accepted', 'dispatching', 'unknown', 'escalated')) sent
    WHERE j.run_id = :run
    """
)


def job_of(session: Session, run_id: UUID) -> dict[str, Any] | None:
    """Return the job that a run asks about, or None for a run of another kind."""
    found = session.execute(_JOB, {"run": run_id}).mappings().first()
    return dict(found) if found else None
