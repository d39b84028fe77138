"""Consent as people record it, and what each change of it brings with it: tasks done, runs told."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.database import events
from models.database.events import Origin, Subject
from models.database.outbox import announce_all
from models.database.permission import consent
from models.database.permission.consent import REOPENING_SOURCES, Address, OptOut, Proof
from models.database.tables.consent import Consent
from models.database.tables.people import Client
from models.database.tables.records import OwnerTask
from models.event_kinds import EventKind
from models.terms import Channel, ConsentKind

DOUBT_TASK = "doubtful_opt_out"
"""Its subject is the hash of the address that is held until a person has decided."""

_OPTED_OUT = text(
    """
    SELECT coalesce(max(id) FILTER (WHERE status = 'revoked'), 0)
         > coalesce(max(id) FILTER (WHERE status = 'granted' AND source = ANY(:reopening)), 0)
    FROM consent WHERE client_id = :client AND channel = :channel AND address_hash = :address
    """
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """An open task about a reply that may be an opt-out: whose it is, and which address it holds."""

    client_key: str
    address: Address


def opt_out(session: Session, address: Address, proof: Proof) -> OptOut:
    """Withdraw permission and tell every open run that writes to the address."""
    done = consent.opt_out(session, address, proof)
    _decided(session, address, proof, done.runs)
    return done


def release(session: Session, address: Address, proof: Proof) -> None:
    """Lift a hold and tell every open run that writes to the address."""
    consent.release(session, address, proof)
    _decided(session, address, proof, consent.open_runs(session, address))


def grant(session: Session, address: Address, kind: ConsentKind, proof: Proof, origin: Origin) -> None:
    """Add a permission with its event."""
    consent.grant(session, address, kind, proof)
    about = Subject(proof.actor, address.client_id, channel=address.channel)
    events.record(session, EventKind.CONSENT_GRANTED, origin, about, kind.name.lower(), source=proof.source)


def is_opted_out(session: Session, address: Address) -> bool:
    """Return whether an opt-out of the address stands."""
    where = address.where | {"reopening": list(REOPENING_SOURCES)}
    return bool(session.execute(_OPTED_OUT, where).scalar_one())


def doubt(session: Session, task_id: UUID) -> Doubt | None:
    """Return what an open task about a doubtful opt-out holds, or None if there is no such task."""
    query = (
        select(Client.id, Client.key, Consent.channel, Consent.address_hash)
        .select_from(OwnerTask)
        .join(Client, col(Client.id) == col(OwnerTask.client_id))
        .join(
            Consent,
            (col(Consent.client_id) == col(OwnerTask.client_id))
            & (col(Consent.address_hash) == col(OwnerTask.subject)),
        )
        .where(col(OwnerTask.id) == task_id, col(OwnerTask.kind) == DOUBT_TASK, col(OwnerTask.closed_at).is_(None))
    )
    found = session.exec(query.limit(1)).first()
    if found is None:
        return None
    client_id, key, channel, hashed = found
    return Doubt(key, Address(client_id, Channel(channel), hashed))


def _decided(session: Session, address: Address, proof: Proof, runs: tuple[UUID, ...]) -> None:
    events.close_tasks(session, DOUBT_TASK, address.hash, Origin(proof.source, proof.actor))
    announce_all(session, runs)
