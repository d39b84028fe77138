"""How the job of a run stands. Nothing that a customer has said, clicked or written in a review decides whether to ask."""

from datetime import UTC
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database.inbound.complaints import COMPLAINT_TASK, LEGAL_TASK, blocks_review_asks
from models.database.permission import consent_history
from models.database.review_requests import jobs
from models.database.tables.review_requests import FinishedJob
from models.replies import ReplyLabel
from models.review_requests.eligibility import Job, JobState, NotAsked
from models.review_requests.matching import MatchConfidence
from models.review_requests.travelling import JobNews
from models.terms import Channel, ConsentKind

COMPLAINTS = (ReplyLabel.COMPLAINT, ReplyLabel.LEGAL)
_LEFT = "('accepted', 'dispatching', 'unknown', 'escalated')"
_NEWS = text(
    f"""
    SELECT j.state, j.not_asked,
        EXISTS (SELECT 1 FROM reply WHERE reply.run_id = j.run_id AND reply.label = ANY(:complaints)) AS complained,
        EXISTS (SELECT 1 FROM review_link l JOIN review_link_use u USING (token)
                WHERE l.run_id = j.run_id AND u.not_counted IS NULL) AS clicked,
        (SELECT o.match_confidence FROM review_observed o WHERE o.run_id = j.run_id
            ORDER BY o.match_confidence = 'high' DESC LIMIT 1) AS reviewed,
        EXISTS (SELECT 1 FROM message m WHERE m.run_id = j.run_id AND m.audience = 'contact' AND m.delivery = 'delivered')
            AS delivered,
        sent.count AS sent, sent.last AS last_sent_at
    FROM job j CROSS JOIN LATERAL (
        SELECT count(*) AS count, max(coalesce(m.accepted_at, m.lease_until)) AS last FROM message m
        WHERE m.run_id = j.run_id AND m.audience = 'contact' AND m.state IN {_LEFT} AND m.failure_class IS NULL) sent
    WHERE j.run_id = :run
    """
)
# The customer is the same person through any of their addresses. A request that is under way counts as much as one that was
# sent, the earlier before the later, so that two jobs of one day cannot each wait for the other.
_LAST_ASKED = text(
    f"""
    SELECT max(coalesce((
        SELECT min(coalesce(m.accepted_at, m.lease_until)) FROM message m
        WHERE m.run_id = r.id AND m.audience = 'contact' AND m.state IN {_LEFT} AND m.failure_class IS NULL),
        CASE WHEN r.closed_at IS NULL AND (r.requested_at, r.id) < (own.requested_at, own.id) AND other.not_asked IS NULL
             THEN clock_timestamp() END))
    FROM job j JOIN run own ON own.id = j.run_id JOIN lead person ON person.id = j.lead_id
    JOIN job other ON other.client_id = j.client_id AND other.id <> j.id
    JOIN lead l ON l.id = other.lead_id AND (l.phone <> '' AND l.phone = person.phone OR l.email <> '' AND l.email = person.email)
    JOIN run r ON r.id = other.run_id
    WHERE j.run_id = :run
    """
)
_SETTLED = text(
    """
    SELECT max(t.closed_at) FROM owner_task t JOIN lead l ON t.subject = l.id::text JOIN lead person ON person.id = :lead
    WHERE t.kind = ANY(:kinds) AND t.closed_at IS NOT NULL AND t.client_id = person.client_id
      AND (l.id = person.id OR l.phone <> '' AND l.phone = person.phone OR l.email <> '' AND l.email = person.email)
    """
)


def news(session: Session, run_id: UUID) -> JobNews:
    """Return what the rows say about the job of a run, in one statement beside the look for complaints."""
    row = session.execute(_NEWS, {"run": run_id, "complaints": list(COMPLAINTS)}).mappings().one()
    job = jobs.of_run(session, run_id)
    return JobNews(
        state=JobState(row["state"]),
        not_asked=NotAsked(row["not_asked"]) if row["not_asked"] in set(NotAsked) else None,
        complaint_open=blocks_review_asks(session, job.client_id, job.lead_id),
        complained=row["complained"],
        clicked=row["clicked"],
        reviewed=MatchConfidence(row["reviewed"]) if row["reviewed"] else None,
        delivered=row["delivered"],
        sent=row["sent"],
        last_sent_at=row["last_sent_at"].astimezone(UTC) if row["last_sent_at"] else None,
    )


def permitted(session: Session, lead_id: UUID) -> tuple[list[Channel], bool]:
    """Return the channels through which a customer may be asked, and whether they have opted out of every other one."""
    standings = {
        address.channel: consent_history.standing(session, address)
        for address, _ in consent_history.addresses_of_lead(session, lead_id) or []
    }
    may = [
        channel
        for channel, stands in standings.items()
        if stands.covers is not None and stands.covers >= ConsentKind.INFORMATIONAL
    ]
    return may, any(stands.opted_out for stands in standings.values())


def known(session: Session, job: FinishedJob) -> Job:
    """Return what the rules of eligibility ask of a job."""
    where = {"lead": job.lead_id, "kinds": [COMPLAINT_TASK, LEGAL_TASK]}
    may, opted_out = permitted(session, job.lead_id)
    return Job(
        state=JobState(job.state),
        completed_at=job.completed_at,
        opted_out=opted_out and not may,
        has_consent=bool(may),
        last_asked_at=session.execute(_LAST_ASKED, {"run": job.run_id}).scalar_one_or_none(),
        is_staff_or_family=job.is_staff_or_family,
        is_minor=job.is_minor,
        complaint_open=blocks_review_asks(session, job.client_id, job.lead_id),
        complaint_settled_at=session.execute(_SETTLED, where).scalar_one_or_none(),
        is_scheduled=job.ask_from is not None,
    )
