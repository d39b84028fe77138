"""Messages of which nobody can know by machine whether they left before the ledger was restored: a person looks at each.

While such a task is open the claim holds the message; closed, the message passes every check again.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from models.database import events
from models.database.events import Subject, TaskOrder
from models.database.recovery.recovered import MAY_HAVE_LEFT_TASK, RECOVERY
from models.reconciling import BEFORE_CLAIM
from models.recovering import Recorded

WHY = "ledger_restored"

# A task that a person has closed is their answer for this hold, or for this message of the provider.
_UNLISTED = text(
    """
    SELECT m.id, m.client_id, m.run_id, m.channel, r.owner, r.lead_id FROM message m JOIN run r ON r.id = m.run_id
    WHERE m.provider <> ALL(:listed) AND m.audience = 'contact' AND m.state IN ('planned', 'ready')
        AND m.planned_at < :held_since AND r.closed_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM owner_task t WHERE t.kind = :task AND t.subject = m.id::text
                        AND (t.closed_at IS NULL OR t.evidence ->> 'held_since' = :stamp))
    """
)
_SAME_ADDRESS = text(
    """
    SELECT m.id, m.client_id, m.run_id, m.channel, r.owner, r.lead_id FROM message m JOIN run r ON r.id = m.run_id
    WHERE m.provider = :provider AND m.address = :address AND m.audience = 'contact' AND m.state IN ('planned', 'ready')
        AND m.planned_at < :created_at AND r.closed_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM owner_task t WHERE t.kind = :task AND t.subject = m.id::text
                        AND (t.closed_at IS NULL OR t.evidence ->> 'provider_message_id' = :id))
    """
)


def hold_unlisted(session: Session, listed: list[str], held_since: datetime) -> None:
    """Give every message that was planned before the hold, and goes through a provider without a list, to a person."""
    stamp = held_since.isoformat()
    where = {"listed": listed, "held_since": held_since, "stamp": stamp, "task": MAY_HAVE_LEFT_TASK}
    for row in session.execute(_UNLISTED, where).all():
        _ask(session, row, _MAY_HAVE_LEFT, {"why": WHY, "held_since": stamp})


def hold_same_address(session: Session, provider: str, foreign: Recorded) -> None:
    """Give the messages to a person that go where a message went which nobody can assign."""
    listed = foreign.listed
    where = {"provider": provider, "address": listed.to, "created_at": listed.created_at + BEFORE_CLAIM}
    for row in session.execute(_SAME_ADDRESS, where | {"task": MAY_HAVE_LEFT_TASK, "id": listed.provider_id}).all():
        _ask(session, row, _SOMETHING_LEFT, {"why": WHY, "provider_message_id": listed.provider_id})


def _ask(session: Session, row: Any, instruction: str, evidence: dict[str, Any]) -> None:
    about = Subject(row.owner, row.client_id, row.run_id, row.lead_id, row.id, row.channel)
    events.open_task(session, TaskOrder(MAY_HAVE_LEFT_TASK, str(row.id), instruction, evidence), about, RECOVERY)


_DECIDE = "If it has, stop this run and go on by hand. If not, close this task; then it leaves after every check."
_MAY_HAVE_LEFT = (
    "The ledger was restored from before this message was due, and its provider keeps no list that would show whether it has "
    f"left since. Ask the recipient's history or the provider's own reports. {_DECIDE}"
)
_SOMETHING_LEFT = (
    "The provider lists a message to the same recipient that no row of the restored ledger explains; see its id below. "
    f"It may be this one: compare the two in the provider's console. {_DECIDE}"
)
