"""What comes in from outside: stored once, with its consent change, in one transaction, before it is answered."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from models.addresses import address_hash
from models.database import consent, events
from models.database.consent import Address, Proof
from models.database.events import Origin, Subject, TaskOrder
from models.database.outbox import announce
from models.database.tables.inbound import Inbox, Reply
from models.event_kinds import EventKind
from models.replies import ReplyEffect, ReplyLabel, classify, effect
from models.sealing import KeyRing
from models.terms import Channel, ConsentKind

TWILIO = Origin("twilio", "twilio")

_CORRESPONDENTS = text(
    """
    SELECT DISTINCT ON (l.client_id) l.client_id, l.id AS lead_id, r.id AS run_id, r.owner, r.closed_at IS NOT NULL AS closed
    FROM lead l LEFT JOIN run r ON r.lead_id = l.id
         LEFT JOIN message m ON m.run_id = r.id AND m.channel = 'sms' AND m.state NOT IN ('planned', 'ready', 'cancelled')
    WHERE l.phone = :phone OR l.id IN (
        SELECT texted.lead_id FROM message JOIN run texted ON texted.id = message.run_id
        WHERE message.address = :phone AND message.channel = 'sms' AND message.audience = 'contact')
    ORDER BY l.client_id, m.planned_at IS NULL, r.closed_at IS NOT NULL, r.requested_at DESC NULLS LAST
    """
)
_OPTED_OUT = text(
    """
    SELECT coalesce(max(id) FILTER (WHERE status = 'revoked'), 0)
         > coalesce(max(id) FILTER (WHERE status = 'granted' AND source = ANY(:reopening)), 0)
    FROM consent WHERE client_id = :client AND channel = 'sms' AND address_hash = :address
    """
)


@dataclass(frozen=True, slots=True)
class InboundText:
    """A verified inbound SMS. `raw` is the request as it came; it is stored sealed."""

    provider_id: str
    sender: str
    body: str
    opt_out_type: str | None
    raw: bytes


@dataclass(frozen=True, slots=True)
class _Correspondent:
    client_id: UUID
    lead_id: UUID
    run_id: UUID | None
    owner: str | None
    closed: bool


def store_once(session: Session, ring: KeyRing, source: str, key: str, kind: str, raw: bytes) -> UUID | None:
    """Keep a verified request, sealed. Returns its id, or None if it was stored before."""
    return session.execute(
        insert(Inbox)
        .values(
            id=uuid4(),
            source=source,
            dedupe_key=key,
            kind=kind,
            state="done",
            sealed_with=ring.active,
            sealed_body=ring.seal(raw),
        )
        .on_conflict_do_nothing(index_elements=["source", "dedupe_key"])
        .returning(col(Inbox.id))
    ).scalar_one_or_none()


def receive_text(session: Session, ring: KeyRing, message: InboundText) -> bool:
    """Take in one SMS: the reply, its effect on consent, and news for the run. Returns False for a repetition."""
    inbox_id = store_once(session, ring, "twilio", message.provider_id, "sms", message.raw)
    if inbox_id is None:
        return False
    people = [_Correspondent(**row) for row in session.execute(_CORRESPONDENTS, {"phone": message.sender}).mappings()]
    if not people:
        _set_aside(session, inbox_id, "orphan")
        return True
    newest = next((person for person in people if person.run_id and not person.closed), people[0])
    for person in people:
        label = classify(message.body, message.opt_out_type, opted_out=_is_opted_out(session, person, message.sender))
        everybody = effect(label) in (ReplyEffect.OPTS_OUT, ReplyEffect.HELD_FOR_PERSON)
        if person is newest:
            _keep_reply(session, inbox_id, person, message.body, label)
        if person is newest or everybody:
            # One sender serves several clients: the person cannot say which of them a STOP is meant for.
            _take_effect(session, inbox_id, person, message.sender, label)
    return True


def _take_effect(session: Session, inbox_id: UUID, person: _Correspondent, sender: str, label: ReplyLabel) -> None:
    address = Address(person.client_id, Channel.SMS, address_hash(str(person.client_id), Channel.SMS, sender))
    proof = Proof("reply", "recipient", f"inbox/{inbox_id}")
    match effect(label):
        case ReplyEffect.OPTS_OUT:
            for run_id in consent.opt_out(session, address, proof).runs:
                announce(session, run_id)
        case ReplyEffect.HELD_FOR_PERSON:
            consent.hold(session, address, proof)
            order = TaskOrder("doubtful_opt_out", address.hash, _READ_IT, {"inbox": str(inbox_id), "label": label})
            events.open_task(session, order, _subject(person), TWILIO)
        case ReplyEffect.RESUBSCRIBES:
            started = Proof("start_word", "recipient", f"inbox/{inbox_id}")
            consent.grant(session, address, ConsentKind.CONVERSATIONAL, started)
        case _:
            pass
    if person.run_id is not None:
        announce(session, person.run_id)


def _keep_reply(session: Session, inbox_id: UUID, person: _Correspondent, body: str, label: ReplyLabel) -> None:
    ends = effect(label) not in (ReplyEffect.HELP, ReplyEffect.IGNORED, ReplyEffect.RESUBSCRIBES)
    session.add(
        Reply(
            inbox_id=inbox_id,
            client_id=person.client_id,
            lead_id=person.lead_id,
            run_id=person.run_id,
            channel="sms",
            body=body,
            label=label,
            ends_automation=ends,
        )
    )
    session.execute(text("UPDATE inbox SET run_id = :run WHERE id = :id"), {"run": person.run_id, "id": inbox_id})
    events.record(session, EventKind.REPLY_RECEIVED, TWILIO, _subject(person), label, inbox=str(inbox_id))
    if ends and effect(label) is not ReplyEffect.OPTS_OUT:
        late = person.closed or person.run_id is None
        instruction = (
            "A reply came after the sequence had ended. Answer it." if late else "The lead has replied. Answer."
        )
        order = TaskOrder("answer_reply", str(person.run_id or person.lead_id), instruction, {"label": label})
        events.open_task(session, order, _subject(person), TWILIO)


def _set_aside(session: Session, inbox_id: UUID, state: str) -> None:
    session.execute(text("UPDATE inbox SET state = :state WHERE id = :id"), {"state": state, "id": inbox_id})
    about = Subject(owner="sales-ops", channel="sms")
    events.record(session, EventKind.INBOUND_UNMATCHED, TWILIO, about, state, inbox=str(inbox_id))
    order = TaskOrder("inbound_unmatched", str(inbox_id), "Nobody with this number is known. Read it and assign it.")
    events.open_task(session, order, about, TWILIO)


def _is_opted_out(session: Session, person: _Correspondent, sender: str) -> bool:
    hashed = address_hash(str(person.client_id), Channel.SMS, sender)
    where = {"client": person.client_id, "address": hashed, "reopening": list(consent.REOPENING_SOURCES)}
    return bool(session.execute(_OPTED_OUT, where).scalar_one())


def _subject(person: _Correspondent) -> Subject:
    return Subject(person.owner or "sales-ops", person.client_id, person.run_id, person.lead_id, channel="sms")


_READ_IT = "A reply may be an opt-out. Read it, then either record the opt-out or release the address."
