"""Whom a text may come from: the leads of every client that know a number, and the runs that have texted it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database.events import Subject
from models.terms import MessageState

_LEFT = (MessageState.ACCEPTED, MessageState.DISPATCHING, MessageState.UNKNOWN, MessageState.ESCALATED)
"""States of a message that may have arrived."""
_COLUMNS = "l.client_id, l.id AS lead_id, r.id AS run_id, r.owner, r.closed_at IS NOT NULL AS closed"
_BY_NUMBER = text(
    f"""
    WITH texted AS (
        SELECT m.run_id, max(coalesce(m.accepted_at, m.lease_until)) AS at FROM message m
        WHERE m.address = :phone AND m.channel = 'sms' AND m.audience = 'contact' AND m.state = ANY(:left)
        GROUP BY m.run_id)
    SELECT {_COLUMNS}, t.run_id IS NOT NULL AS texted
    FROM lead l LEFT JOIN run r ON r.lead_id = l.id LEFT JOIN texted t ON t.run_id = r.id
    WHERE l.id IN (
        SELECT id FROM lead WHERE phone = :phone UNION SELECT run.lead_id FROM texted JOIN run ON run.id = texted.run_id)
    ORDER BY t.at DESC NULLS LAST, r.id IS NULL, r.closed_at IS NOT NULL, r.requested_at DESC, l.received_at DESC
    """
)
_BY_ID = text(
    f"""
    SELECT {_COLUMNS}, false AS texted, l.phone FROM lead l LEFT JOIN run r ON r.lead_id = l.id
    WHERE (r.id = CAST(:run AS uuid) OR CAST(:run AS uuid) IS NULL) AND (l.id = CAST(:lead AS uuid) OR CAST(:lead AS uuid) IS NULL)
    ORDER BY r.closed_at IS NOT NULL, r.requested_at DESC LIMIT 1
    """
)


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A lead and one of its runs, if it has any. `texted`: a message of this run may have reached the number."""

    client_id: UUID
    lead_id: UUID
    run_id: UUID | None
    owner: str | None
    closed: bool
    texted: bool
    phone: str = ""
    """The lead's own number, where it was looked up by something else."""

    @property
    def subject(self) -> Subject:
        """What events about what they wrote are about."""
        return Subject(self.owner or "sales-ops", self.client_id, self.run_id, self.lead_id, channel="sms")

    def also_answered(self, other: "Correspondent") -> bool:
        """Return whether a reply to this run answers `other` too: an open run of the same client to the same number.

        Also one that has not written yet: its first message would speak past what the person has said.
        """
        is_another = other.run_id is not None and other.run_id != self.run_id
        return other.client_id == self.client_id and is_another and not other.closed


def of_number(session: Session, phone: str) -> list[Correspondent]:
    """Return who may have written from a number: first the run whose message to it was accepted last."""
    where = {"phone": phone, "left": [state.value for state in _LEFT]}
    return [Correspondent(**row) for row in session.execute(_BY_NUMBER, where).mappings()]


def of_lead(session: Session, lead_id: UUID) -> Correspondent | None:
    """Return a lead with its newest open run, else its newest, or None."""
    return _one(session, lead_id, None)


def of_run(session: Session, run_id: UUID) -> Correspondent | None:
    """Return a run with its lead, or None."""
    return _one(session, None, run_id)


def _one(session: Session, lead_id: UUID | None, run_id: UUID | None) -> Correspondent | None:
    row = session.execute(_BY_ID, {"lead": lead_id, "run": run_id}).mappings().first()
    return Correspondent(**row) if row else None
