"""Whom a text or mail may come from: leads and people at clients that have an address, and the runs that wrote to it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session

from models.database.events import Subject
from models.terms import TO_SEVERAL_PEOPLE, Channel, MessageState

_LEFT = (MessageState.ACCEPTED, MessageState.DISPATCHING, MessageState.UNKNOWN, MessageState.ESCALATED)
"""States of a message that may have arrived."""
_COLUMNS = (
    "p.client_id, p.lead_id, r.id AS run_id, r.kind, r.owner, r.closed_at IS NOT NULL AS closed, "
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
        FROM (
            SELECT l.client_id, l.id AS lead_id, r.id AS run_id, l.received_at AS known_since
            FROM lead l LEFT JOIN run r ON r.lead_id = l.id
            WHERE l.id IN (
                SELECT id FROM lead WHERE {own} = :address
                UNION SELECT run.lead_id FROM written JOIN run ON run.id = written.run_id)
            UNION ALL SELECT r.client_id, NULL, r.id, r.requested_at
            FROM written JOIN run r ON r.id = written.run_id WHERE r.lead_id IS NULL
            UNION ALL SELECT client_id, NULL, NULL, created_at FROM client_contact WHERE {own} = :address
        ) p LEFT JOIN run r ON r.id = p.run_id LEFT JOIN written w ON w.run_id = r.id
        ORDER BY w.at DESC NULLS LAST, r.id IS NULL, r.closed_at IS NOT NULL, r.requested_at DESC, p.known_since DESC
        """
    )
    for channel, own in _OWN.items()
}
_OF_LEAD = text(
    f"""
    SELECT {_COLUMNS}, false AS texted, p.phone, p.email
    FROM (SELECT client_id, id AS lead_id, phone, email FROM lead WHERE id = :lead) p LEFT JOIN run r ON r.lead_id = p.lead_id
    ORDER BY r.closed_at IS NOT NULL, r.requested_at DESC LIMIT 1
    """
)
_OF_RUN = text(
    f"""
    SELECT {_COLUMNS}, false AS texted, coalesce(l.phone, '') AS phone,
        coalesce(l.email, '') AS email
    FROM (SELECT client_id, lead_id FROM run WHERE id = :run) p JOIN run r ON r.id = :run LEFT JOIN lead l ON l.id = p.lead_id
    """
)


@dataclass(frozen=True, slots=True)
class Correspondent:
    """A lead or a person at a client, with one run that concerns them, if there is any.

    `texted`: a message of this run may have reached the address.
    """

    client_id: UUID
    lead_id: UUID | None
    """None for a person at a client."""
    run_id: UUID | None
    kind: str | None
    """Of the run."""
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

    @property
    def ends_its_run(self) -> bool:
        """Whether an answer of theirs ends the run: not if it writes to others too."""
        return self.kind not in TO_SEVERAL_PEOPLE

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
    return _one(session.execute(_OF_LEAD, {"lead": lead_id}).mappings().first(), channel)


def of_run(session: Session, run_id: UUID, channel: Channel = Channel.SMS) -> Correspondent | None:
    """Return a run with its lead, if it has one, who has written through a channel; or None if there is no such run."""
    return _one(session.execute(_OF_RUN, {"run": run_id}).mappings().first(), channel)


def _one(row: RowMapping | None, channel: Channel) -> Correspondent | None:
    return Correspondent(**row, channel=channel.value) if row else None
