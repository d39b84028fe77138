"""Whom a text or mail may come from: the leads of every client that know an address, and the runs that wrote to it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database.events import Subject
from models.terms import Channel, MessageState

_LEFT = (MessageState.ACCEPTED, MessageState.DISPATCHING, MessageState.UNKNOWN, MessageState.ESCALATED)
"""States of a message that may have arrived."""
_COLUMNS = (
    "l.client_id, l.id AS lead_id, r.id AS run_id, r.owner, r.closed_at IS NOT NULL AS closed, "
    "coalesce(r.escalation_owner, 'incident-owner') AS escalation_owner"
)
_OWN = {Channel.SMS: "phone", Channel.EMAIL: "email"}
_BY_ADDRESS = {
    channel: text(
        f"""
        WITH written AS (
            SELECT m.run_id, max(coalesce(m.accepted_at, m.lease_until)) AS at FROM message m
            WHERE m.address = :address AND m.channel = '{channel}' AND m.audience = 'contact' AND m.state = ANY(:left)
            GROUP BY m.run_id)
        SELECT {_COLUMNS}, w.run_id IS NOT NULL AS texted
        FROM lead l LEFT JOIN run r ON r.lead_id = l.id LEFT JOIN written w ON w.run_id = r.id
        WHERE l.id IN (
            SELECT id FROM lead WHERE {own} = :address
            UNION SELECT run.lead_id FROM written JOIN run ON run.id = written.run_id)
        ORDER BY w.at DESC NULLS LAST, r.id IS NULL, r.closed_at IS NOT NULL, r.requested_at DESC, l.received_at DESC
        """
    )
    for channel, own in _OWN.items()
}
_BY_ID = text(
    f"""
    SELECT {_COLUMNS}, false AS texted, l.phone, l.email FROM lead l LEFT JOIN run r ON r.lead_id = l.id
    WHERE (r.id = CAST(:run AS uuid) OR CAST(:run AS uuid) IS NULL) AND (l.id = CAST(:lead AS uuid) OR CAST(:lead AS uuid) IS NULL)
    ORDER BY r.closed_at IS NOT NULL, r.requested_at DESC LIMIT 1
    """
)


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A lead and one of its runs, if it has any. `texted`: a message of this run may have reached the address."""

    client_id: UUID
    lead_id: UUID
    run_id: UUID | None
    owner: str | None
    escalation_owner: str
    """Who answers for it when something is wrong."""
    closed: bool
    texted: bool
    channel: str = Channel.SMS
    """The one they have written through."""
    phone: str = ""
    """The lead's own number, where it was looked up by something else."""
    email: str = ""
    """And their own address, likewise."""

    @property
    def subject(self) -> Subject:
        """What events about what they wrote are about."""
        return Subject(self.owner or "sales-ops", self.client_id, self.run_id, self.lead_id, channel=self.channel)

    def also_answered(self, other: "Correspondent") -> bool:
        """Return whether a reply to this run answers `other` too: an open run of the same client to the same address.

        Also one that has not written yet: its first message would speak past what the person has said.
        """
        is_another = other.run_id is not None and other.run_id != self.run_id
        return other.client_id == self.client_id and is_another and not other.closed


def of_number(session: Session, phone: str) -> list[Correspondent]:
    """Return who may have written from a number: first the run whose message to it was accepted last."""
    return of_address(session, Channel.SMS, phone)


def of_address(session: Session, channel: Channel, address: str) -> list[Correspondent]:
    """Return who may have written from an address: first the run whose message to it was accepted last."""
    where = {"address": address, "left": [state.value for state in _LEFT]}
    return [
        Correspondent(**row, channel=channel.value) for row in session.execute(_BY_ADDRESS[channel], where).mappings()
    ]


def of_lead(session: Session, lead_id: UUID, channel: Channel = Channel.SMS) -> Correspondent | None:
    """Return a lead, who has written through a channel, with its newest open run, else its newest; or None."""
    return _one(session, lead_id, None, channel)


def of_run(session: Session, run_id: UUID, channel: Channel = Channel.SMS) -> Correspondent | None:
    """Return a run with its lead, who has written through a channel; or None."""
    return _one(session, None, run_id, channel)


def _one(session: Session, lead_id: UUID | None, run_id: UUID | None, channel: Channel) -> Correspondent | None:
    row = session.execute(_BY_ID, {"lead": lead_id, "run": run_id}).mappings().first()
    return Correspondent(**row, channel=channel.value) if row else None
