"""Emails of people: stored once, read like texts, with their effect in the same transaction.

A reply is known by the signed address it came to, whoever forwards it. A mail that only its sender's address speaks for is
given to a person; an opt-out in it counts all the same, because a forged one does no harm that a missed one would not.
"""

from uuid import UUID

from sqlmodel import Session

from models.addresses import address_hash
from models.database import events
from models.database.events import Origin
from models.database.inbound import correspondents
from models.database.inbound.callbacks import UNREADABLE, Stray, set_aside
from models.database.inbound.correspondents import Correspondent
from models.database.inbound.inbox import MAIL, store_once
from models.database.inbound.keeping import await_look, belongs_to, keep_reply
from models.database.inbound.reply_effects import FOR_EVERY_CLIENT, ReadReply, take_effect
from models.database.permission import consent_desk
from models.database.permission.consent import Address, Proof
from models.database.tables.ledger import Message
from models.event_kinds import EventKind
from models.inbound_mail import InboundMail, UnreadableMail, read_mail, without_virus
from models.replies import ReplyEffect, classify, effect
from models.reply_addresses import MailPurpose, Named, named_by
from models.sealing import KeyRing
from models.terms import Channel

SES = Origin("ses", "ses")
_TASK = "inbound_mail_unmatched"
UNKNOWN_WRITER = Stray(
    "orphan",
    _TASK,
    "sales-ops",
    "An email came in that answers nothing we know of. Open it (`comms read ID`) and assign it to a run or a lead "
    "(`comms assign ID`); close the task if it concerns nobody.",
)
SPAM = Stray(
    "orphan",
    _TASK,
    "sales-ops",
    "Amazon takes this email for spam, so it has had no effect. Open it (`comms read ID`); assign it if it is a lead's "
    "(`comms assign ID`), else close the task.",
)


def receive_mail(session: Session, ring: KeyRing, key: bytes, envelope_id: str, message: str) -> bool:
    """Take in one received mail. Returns False for a repetition.

    Args:
        session: an open transaction; permission has changed when it commits.
        ring: seals what is stored.
        key: signs the addresses that answers come to.
        envelope_id: of the notification; the same mail has the same one when it is delivered again.
        message: the notification of SES with the mail in it.
    """
    inbox_id = store_once(session, ring, SES.source, envelope_id, MAIL, without_virus(message).encode())
    if inbox_id is None:
        return False
    try:
        mail = read_mail(message)
    except UnreadableMail:
        set_aside(session, inbox_id, UNREADABLE, SES)
        return True
    if mail.bounce or mail.virus:
        events.record(session, EventKind.MAIL_IGNORED, SES, events.Subject(), "virus" if mail.virus else "bounce",
                      inbox=str(inbox_id))  # fmt: skip
        return True
    named = next((found for found in (named_by(key, address) for address in mail.recipients) if found), None)
    if named is not None and _answer(session, inbox_id, mail, named):
        return True
    _from_nobody_known(session, inbox_id, mail)
    return True


def assign_mail(session: Session, inbox_id: UUID, person: Correspondent, mail: InboundMail, origin: Origin) -> None:
    """Take in a mail that a person has assigned to a lead: an opt-out in it holds for the lead's own address too."""
    client = str(person.client_id)
    written = [address for address in dict.fromkeys((mail.sender, person.email)) if address]
    addresses = [Address(person.client_id, Channel.EMAIL, address_hash(client, Channel.EMAIL, one)) for one in written]
    opted_out = any(consent_desk.is_opted_out(session, address) for address in addresses)
    label = classify(mail.said, opted_out=opted_out, automatic=mail.automatic)
    affected = addresses if effect(label) in FOR_EVERY_CLIENT else addresses[:1]
    reply = ReadReply(inbox_id, mail.sender or person.email, mail.said, label)
    take_effect(session, reply, person, sorted(affected, key=lambda address: address.hash), origin)
    keep_reply(session, reply, person, [], origin)
    belongs_to(session, inbox_id, person, "done")
    events.close_tasks(session, UNKNOWN_WRITER.task, str(inbox_id), origin)


def _answer(session: Session, inbox_id: UUID, mail: InboundMail, named: Named) -> bool:
    """Let a mail to one of our addresses take effect. Returns False if its message is not in these rows."""
    sent = session.get(Message, named.message_id)
    person = correspondents.of_run(session, sent.run_id, Channel.EMAIL) if sent else None
    if sent is None or person is None:
        return False
    address = Address(sent.client_id, Channel.EMAIL, sent.address_hash)
    if named.purpose is MailPurpose.UNSUBSCRIBE:
        consent_desk.opt_out(session, address, Proof("mail", "recipient", f"inbox/{inbox_id}"))
        return True
    opted_out = consent_desk.is_opted_out(session, address)
    label = classify(mail.said, opted_out=opted_out, automatic=mail.automatic)
    if mail.spam and effect(label) not in FOR_EVERY_CLIENT:
        set_aside(session, inbox_id, SPAM, SES)
        return True
    reply = ReadReply(inbox_id, sent.address, mail.said, label)
    others = [
        one for one in correspondents.of_address(session, Channel.EMAIL, sent.address) if person.also_answered(one)
    ]
    take_effect(session, reply, person, [address], SES)
    keep_reply(session, reply, person, others, SES)
    await_look(session, inbox_id, person)
    return True


def _from_nobody_known(session: Session, inbox_id: UUID, mail: InboundMail) -> None:
    label = classify(mail.said, automatic=mail.automatic)
    if mail.sender and effect(label) in FOR_EVERY_CLIENT:
        known = correspondents.of_address(session, Channel.EMAIL, mail.sender)
        by_client: dict[UUID, Correspondent] = {person.client_id: person for person in reversed(known)}
        reply = ReadReply(inbox_id, mail.sender, mail.said, label)
        for client_id in sorted(by_client):
            hashed = address_hash(str(client_id), Channel.EMAIL, mail.sender)
            take_effect(session, reply, by_client[client_id], [Address(client_id, Channel.EMAIL, hashed)], SES)
    if effect(label) is not ReplyEffect.IGNORED:
        set_aside(session, inbox_id, SPAM if mail.spam else UNKNOWN_WRITER, SES)
