"""Complaints and legal threats: with a person who can answer for us, and no review is asked for until they are settled.

The open task is the state: closing it says that the matter is settled.
"""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database import events
from models.database.events import Origin, Subject, TaskOrder
from models.database.outbox import announce_all
from models.replies import ReplyLabel

COMPLAINT_TASK = "complaint"
LEGAL_TASK = "legal_threat"
_WITHIN = timedelta(hours=4)
_ORDERS = {
    ReplyLabel.COMPLAINT: (
        COMPLAINT_TASK,
        "The lead complains. Answer in person; close this once it is settled. Until then no review is asked for.",
    ),
    ReplyLabel.LEGAL: (
        LEGAL_TASK,
        "The lead speaks of a lawyer, an authority or harassment. Do not answer before somebody responsible has read it. "
        "Close this once it is settled. Until then no review is asked for.",
    ),
}
_OPEN = text(
    """
    SELECT EXISTS (SELECT 1 FROM owner_task t JOIN lead l ON t.subject = l.id::text
    WHERE t.kind = ANY(:kinds) AND t.closed_at IS NULL AND t.client_id = :client AND (l.id = :lead
        OR (l.phone <> '' AND l.phone = (SELECT phone FROM lead WHERE id = :lead))
        OR (l.email <> '' AND l.email = (SELECT email FROM lead WHERE id = :lead))))
    """
)
_WAITING = text(
    """
    SELECT r.id FROM lead person JOIN lead l ON l.client_id = person.client_id
        AND (l.id = person.id OR l.phone <> '' AND l.phone = person.phone OR l.email <> '' AND l.email = person.email)
    JOIN run r ON r.lead_id = l.id AND r.kind = 'review_request' AND r.closed_at IS NULL
    WHERE person.id::text = :person
    """
)


def tell_that_it_is_settled(session: Session, kind: str, person: str) -> None:
    """Let requests go on that wait for a complaint of a person, once its task is closed; any other task is let pass.

    Args:
        session: the transaction that closes it.
        kind: of the task.
        person: its subject: the lead who complained.
    """
    if kind in (COMPLAINT_TASK, LEGAL_TASK):
        announce_all(session, session.execute(_WAITING, {"person": person}).scalars().all())


def escalate(
    session: Session, label: ReplyLabel, about: Subject, escalation_owner: str, inbox_id: UUID, origin: Origin
) -> None:
    """Give a complaint or a threat to whoever answers for the run; anything else is let pass."""
    if label not in _ORDERS:
        return
    kind, instruction = _ORDERS[label]
    order = TaskOrder(kind, str(about.lead_id), instruction, {"inbox": str(inbox_id)}, _WITHIN)
    subject = Subject(escalation_owner, about.client_id, about.run_id, about.lead_id, channel=about.channel)
    events.open_task(session, order, subject, origin)


def blocks_review_asks(session: Session, client_id: UUID, lead_id: UUID) -> bool:
    """Return whether a complaint or threat of this person to this client is unsettled, through whichever lead it came."""
    where = {"kinds": [COMPLAINT_TASK, LEGAL_TASK], "client": client_id, "lead": lead_id}
    return bool(session.execute(_OPEN, where).scalar_one())
