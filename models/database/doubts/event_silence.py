"""What it means that a provider without a list has reported nothing of a call.

The canary: silence about one email counts as absence only once events of a later one have arrived, because until then it may
as well be the way of the events that is broken. If it may be, an engineer is told, once; the next event closes that task.
"""

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database import events
from models.database.doubts import unheard
from models.database.events import Origin, Subject, TaskOrder
from models.reconciling import Trace

TASK = "email_events_missing"
# Both go back from the newest report, which mostly answers at once: there may be hundreds of thousands.
LATER_ONE_REPORTED = text(
    """
    SELECT count(*) > 0 FROM attempt this JOIN message m ON m.id = this.message_id CROSS JOIN LATERAL (
        SELECT 1 FROM evidence e JOIN attempt later ON later.message_id = e.message_id AND later.fence = e.fence
            JOIN message o ON o.id = e.message_id
        WHERE e.source = 'callback' AND e.at > this.started_at AND later.started_at > this.started_at
            AND o.provider = m.provider
        ORDER BY e.at DESC LIMIT 1) AS heard
    WHERE this.message_id = :id AND this.fence = :fence
    """
)
BROKEN = text(
    """
    SELECT t.subject FROM owner_task t CROSS JOIN LATERAL (
        SELECT 1 FROM evidence e JOIN message m ON m.id = e.message_id
        WHERE e.source = 'callback' AND e.at > t.opened_at AND m.provider = t.subject
        ORDER BY e.at DESC LIMIT 1) AS heard
    WHERE t.kind = :kind AND t.closed_at IS NULL
    """
)
_INSTRUCTION = (
    "An email whose answer was lost has waited in vain for an event, and no event of any later email has arrived. Check the "
    "way of the events: configuration set, SNS topic, SQS queue (COMMS_SES__EVENTS_QUEUE_URL), relay. "
    "The task closes by itself with the next event."
)


def means(session: Session, message_id: UUID, fence: int) -> Trace:
    """Return which of the two the silence about an attempt is."""
    heard = session.execute(LATER_ONE_REPORTED, {"id": message_id, "fence": fence}).scalar_one()
    return Trace.NO_EVENT if heard and not unheard.may_concern(session, message_id, fence) else Trace.NO_EVENTS


def open_task(session: Session, provider: str, origin: Origin) -> None:
    """Tell an engineer that events may not arrive, unless they were told."""
    order = TaskOrder(TASK, provider, _INSTRUCTION, {"provider": provider})
    events.open_task(session, order, Subject(owner="engineer", channel="email"), origin)


def close_if_broken(session: Session, origin: Origin) -> None:
    """Close the engineer's task if an event has broken the silence."""
    for provider in session.execute(BROKEN, {"kind": TASK}).scalars().all():
        events.close_tasks(session, TASK, provider, origin)
