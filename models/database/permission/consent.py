"""Permission by address. Every writer holds the address lock, so that a claim sees either all of a change or none."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, text
from sqlmodel import Session, col, select

from models.business_days import one_business_day_after
from models.database import events
from models.database.engine import now
from models.database.events import Origin, Subject
from models.database.locks import lock_address
from models.database.tables.consent import Consent
from models.database.tables.people import Client
from models.event_kinds import EventKind
from models.sending import NotSentReason
from models.terms import Channel, ConsentKind, ConsentStatus, MessageState, OptOutScope

REOPENING_SOURCES = ("start_word", "documented_opt_in")
"""Only these undo an opt-out. A form or a call after it does not (47 CFR 64.1200(a)(10))."""
ONE_CLICK = "one_click"
"""Source of an opt-out by the link in an email; its evidence is how the link was used, then the message that carries it."""

_SUPPRESS = text(
    f"""
    UPDATE message SET state = '{MessageState.SUPPRESSED}', reason = '{NotSentReason.OPTED_OUT}', next_check_at = NULL
    WHERE client_id = :client AND channel = :channel AND address_hash = :address AND audience = 'contact'
      AND state IN ('{MessageState.PLANNED}', '{MessageState.READY}') RETURNING id
    """
)
_ZONE = text("SELECT time_zone FROM client WHERE id = :client")
_OPEN_RUNS = text(
    """
    SELECT DISTINCT m.run_id FROM message m JOIN run r ON r.id = m.run_id
    WHERE m.client_id = :client AND m.channel = :channel AND m.address_hash = :address AND m.audience = 'contact'
      AND r.closed_at IS NULL ORDER BY m.run_id
    """
)
_IN_FLIGHT = text(
    f"""
    SELECT id FROM message WHERE client_id = :client AND channel = :channel AND address_hash = :address
      AND audience = 'contact' AND state IN ('{MessageState.DISPATCHING}', '{MessageState.UNKNOWN}', '{MessageState.ESCALATED}')
    """
)


@dataclass(frozen=True, slots=True)
class Address:
    """One address of one client's contact. `hash` is `models.addresses.address_hash`."""

    client_id: UUID
    channel: Channel
    hash: str

    @property
    def where(self) -> dict[str, object]:
        """The address as parameters of a statement."""
        return {"client": self.client_id, "channel": self.channel.value, "address": self.hash}


@dataclass(frozen=True, slots=True)
class Proof:
    """Where a consent event comes from: its source, who recorded it, and a reference to the evidence."""

    source: str
    actor: str
    evidence: str = ""
    wording_version: str = ""
    scope: OptOutScope = OptOutScope.CHANNEL
    given_at: datetime | None = None
    """When the person said so, if that was before now; aware."""


@dataclass(frozen=True, slots=True)
class OptOut:
    """What an opt-out changed. `in_flight` were claimed before it and may still arrive; `runs` are open and end by it."""

    suppressed: tuple[UUID, ...]
    in_flight: tuple[UUID, ...]
    runs: tuple[UUID, ...]


def grant(session: Session, address: Address, kind: ConsentKind, proof: Proof) -> None:
    """Add a permission. It does not undo an opt-out unless its source is one of REOPENING_SOURCES."""
    _add(session, address, ConsentStatus.GRANTED, proof, kind)


def hold(session: Session, address: Address, proof: Proof) -> None:
    """Stop sending to the address until a person has decided whether a reply was an opt-out.

    After one business day of the client without a decision it becomes one, see `lapsing`.
    """
    zone = session.execute(_ZONE, {"client": address.client_id}).scalar_one()
    _add(session, address, ConsentStatus.HELD, proof, lapses_at=one_business_day_after(now(session), zone))
    events.record(
        session, EventKind.OPT_OUT_IN_DOUBT, Origin(proof.source, proof.actor), _subject(address), proof.evidence
    )


def open_runs(session: Session, address: Address) -> tuple[UUID, ...]:
    """Return the open runs that write to the address."""
    return tuple(session.execute(_OPEN_RUNS, address.where).scalars())


def release(session: Session, address: Address, proof: Proof) -> None:
    """Lift a hold: a person has read the reply and it was no opt-out."""
    _add(session, address, ConsentStatus.RELEASED, proof)


def opt_out(session: Session, address: Address, proof: Proof) -> OptOut:
    """Withdraw permission at once and suppress what was planned. It takes effect when the transaction commits."""
    _add(session, address, ConsentStatus.REVOKED, proof)
    suppressed = tuple(session.execute(_SUPPRESS, address.where).scalars())
    in_flight = tuple(session.execute(_IN_FLIGHT, address.where).scalars())
    runs = open_runs(session, address)
    facts = {
        "scope": proof.scope.value,
        "suppressed": len(suppressed),
        "in_flight": [str(message) for message in in_flight],
    }
    for run_id in runs or (None,):
        about = Subject(client_id=address.client_id, run_id=run_id, channel=address.channel.value)
        origin = Origin(proof.source, proof.actor)
        events.record(session, EventKind.OPTED_OUT, origin, about, proof.evidence, **facts)
    return OptOut(suppressed, in_flight, runs)


def _add(
    session: Session,
    address: Address,
    status: ConsentStatus,
    proof: Proof,
    kind: ConsentKind | None = None,
    lapses_at: datetime | None = None,
) -> None:
    lock_address(session, address.hash)
    session.execute(
        insert(Consent).values(
            client_id=address.client_id,
            channel=address.channel.value,
            address_hash=address.hash,
            status=status.value,
            kind=int(kind) if kind else 0,
            source=proof.source,
            wording_version=proof.wording_version,
            evidence=proof.evidence,
            actor=proof.actor,
            scope=proof.scope.value,
            seller=select(col(Client.name)).where(col(Client.id) == address.client_id).scalar_subquery(),
            given_at=proof.given_at,
            lapses_at=lapses_at,
        )
    )


def _subject(address: Address) -> Subject:
    return Subject(client_id=address.client_id, channel=address.channel.value)
