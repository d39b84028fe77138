"""Texts of people: stored once, with their consent change, in one transaction, before they are answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from models.addresses import address_hash
from models.database import events
from models.database.events import Origin
from models.database.inbound import correspondents
from models.database.inbound.callbacks import UNKNOWN_SENDER, set_aside
from models.database.inbound.correspondents import Correspondent
from models.database.inbound.keeping import await_look, belongs_to, keep_reply
from models.database.inbound.reply_effects import FOR_EVERY_CLIENT, ReadReply, take_effect
from models.database.permission import consent_desk
from models.database.permission.consent import Address
from models.database.tables.inbound import Inbox
from models.replies import ReplyLabel, classify, effect
from models.sealing import KeyRing
from models.terms import Channel

TWILIO = Origin("twilio", "twilio")
MAIL = "mail"
"""The kind of what came in by email."""


@dataclass(frozen=True, slots=True)
class InboundText:
    """A verified inbound SMS. `raw` is the request as it came; it is stored sealed."""

    provider_id: str
    sender: str
    body: str
    opt_out_type: str | None
    raw: bytes

    @property
    def is_complete(self) -> bool:
        """Whether it says who wrote it, and which it is: without these it is poison."""
        return bool(self.provider_id and self.sender)


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
    """Take in one SMS: the reply, its effect on consent, and news for the runs. Returns False for a repetition."""
    inbox_id = store_text(session, ring, message)
    if inbox_id is None:
        return False
    take_in(session, inbox_id, message)
    return True


def store_text(session: Session, ring: KeyRing, message: InboundText) -> UUID | None:
    """Keep one SMS, as `store_once` does. Before any address is locked: everybody locks in this order."""
    return store_once(session, ring, TWILIO.source, message.provider_id, "sms", message.raw)


def take_in(session: Session, inbox_id: UUID, message: InboundText) -> None:
    """Let a stored SMS, whose row is locked or just written, take effect."""
    people = correspondents.of_number(session, message.sender)
    if not people:
        set_aside(session, inbox_id, UNKNOWN_SENDER, TWILIO)
        return
    newest = people[0]
    by_client = {person.client_id: person for person in reversed(people)}
    # In one order, because two texts may come in at once.
    for person in sorted(by_client.values(), key=lambda person: person.client_id):
        address = _address(person, message.sender)
        label = _read(session, message, address)
        reply = ReadReply(inbox_id, message.sender, message.body, label)
        if person is newest or effect(label) in FOR_EVERY_CLIENT:
            take_effect(session, reply, person, [address], TWILIO)
        if person is newest:
            others = [other for other in people if person.also_answered(other)]
            keep_reply(session, reply, person, others, TWILIO)
            await_look(session, inbox_id, person)


def hold_sender(session: Session, inbox_id: UUID, sender: str) -> None:
    """Hold a number for every client that knows it, until a person has read what came from it: it may be an opt-out."""
    by_client = {person.client_id: person for person in correspondents.of_number(session, sender)}
    reply = ReadReply(inbox_id, sender, "", ReplyLabel.POSSIBLE_OPT_OUT)
    for _, person in sorted(by_client.items()):
        take_effect(session, reply, person, [_address(person, sender)], TWILIO)


def assign_text(
    session: Session,
    inbox_id: UUID,
    person: Correspondent,
    message: InboundText,
    origin: Origin,
    others: Sequence[Correspondent] = (),
) -> None:
    """Take in a text that a person has assigned to a lead: what it asks for holds for both numbers of the lead.

    `others` are further runs that it answers.
    """
    sender = _address(person, message.sender)
    label = _read(session, message, sender)
    own = [_address(person, person.phone)] if person.phone and effect(label) in FOR_EVERY_CLIENT else []
    reply = ReadReply(inbox_id, message.sender, message.body, label)
    take_effect(session, reply, person, sorted({sender, *own}, key=lambda address: address.hash), origin)
    keep_reply(session, reply, person, list(others), origin)
    belongs_to(session, inbox_id, person, "done")
    events.close_tasks(session, UNKNOWN_SENDER.task, str(inbox_id), origin)


def _address(person: Correspondent, phone: str) -> Address:
    return Address(person.client_id, Channel.SMS, address_hash(str(person.client_id), Channel.SMS, phone))


def _read(session: Session, message: InboundText, sender: Address) -> ReplyLabel:
    return classify(message.body, message.opt_out_type, opted_out=consent_desk.is_opted_out(session, sender))
