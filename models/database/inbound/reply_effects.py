"""What a reply changes beyond its run: permission, tasks, the lead's disposition, an absence. All in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database import events
from models.database.events import Origin, TaskOrder
from models.database.inbound.absences import note_absence
from models.database.inbound.complaints import escalate
from models.database.inbound.correspondents import Correspondent
from models.database.outbox import announce
from models.database.permission import consent, consent_desk
from models.database.permission.brand import addresses_of_person
from models.database.permission.consent import Address, Proof
from models.database.permission.consent_desk import DOUBT_TASK
from models.event_kinds import EventKind
from models.replies import ReplyEffect, ReplyLabel, effect
from models.reply_rules.lost_reasons import lost_reason
from models.reply_rules.scopes import scope_of
from models.terms import Channel, ConsentKind, OptOutScope

FOR_EVERY_CLIENT = (ReplyEffect.OPTS_OUT, ReplyEffect.HELD_FOR_PERSON)
"""One sender serves several clients: the person cannot say which of them a STOP is meant for."""
KEEP_AUTOMATION = (ReplyEffect.IGNORED, ReplyEffect.RESUBSCRIBES)
_REVIEW_WITHIN = timedelta(hours=4)
# What became of the lead counts for itself, if a person or the CRM has said it.
_DISPOSITION = text(
    "UPDATE lead SET disposition = :disposition WHERE id = :lead "
    "AND coalesce((SELECT o.outcome FROM outcome o WHERE o.lead_id = lead.id ORDER BY o.at DESC, o.id DESC LIMIT 1), 'open') "
    "= 'open'"
)
_UNLINK = text("UPDATE lead SET phone = '' WHERE client_id = :client AND phone = :phone RETURNING id")
_READ_IT = (
    "A reply may be an opt-out. Read it (GET /v1/inbox/{id}), then record the opt-out or release the address "
    "(POST /v1/consent with this task). Undecided after one business day it becomes an opt-out."
)
_CORRECT_IT = "This number belongs to somebody else; it was opted out. Find the lead's own number, or close the lead."


@dataclass(frozen=True, slots=True)
class ReadReply:
    """A reply with what the rules make of it. `sender` is the plain address, in its one form."""

    inbox_id: UUID
    sender: str
    body: str
    label: ReplyLabel


def take_effect(
    session: Session, reply: ReadReply, person: Correspondent, addresses: Iterable[Address], origin: Origin
) -> None:
    """Let a reply take effect for one client: on the addresses, and on what follows from its label."""
    for address in addresses:
        _on_permission(session, reply, person, address, origin)
    if reply.label is ReplyLabel.WRONG_NUMBER and person.channel == Channel.SMS:
        _unlink(session, reply, person, origin)
    escalate(session, reply.label, person.subject, person.escalation_owner, reply.inbox_id, origin)
    if reply.label is ReplyLabel.AUTO_REPLY:
        if person.ends_its_run:
            note_absence(session, reply.body, person.subject, reply.inbox_id, origin)
    elif effect(reply.label) not in KEEP_AUTOMATION:
        _dispose(session, reply, person)
    if person.run_id is not None:
        announce(session, person.run_id)


def _on_permission(session: Session, reply: ReadReply, person: Correspondent, address: Address, origin: Origin) -> None:
    evidence = f"inbox/{reply.inbox_id}"
    match effect(reply.label):
        case ReplyEffect.OPTS_OUT:
            scope = scope_of(reply.body) if reply.label is ReplyLabel.OPT_OUT else OptOutScope.CHANNEL
            whole = addresses_of_person(session, address, reply.sender) if scope is OptOutScope.BRAND else [address]
            for one in whole:
                consent_desk.opt_out(session, one, Proof("reply", "recipient", evidence, scope=scope))
        case ReplyEffect.HELD_FOR_PERSON:
            consent.hold(session, address, Proof("reply", "recipient", evidence))
            about = {"inbox": str(reply.inbox_id), "label": reply.label}
            order = TaskOrder(DOUBT_TASK, address.hash, _READ_IT, about, _REVIEW_WITHIN)
            events.open_task(session, order, person.subject, origin)
        case ReplyEffect.RESUBSCRIBES:
            started = Proof("start_word", "recipient", evidence)
            consent_desk.grant(session, address, ConsentKind.CONVERSATIONAL, started, origin)
        case _:
            pass


def _unlink(session: Session, reply: ReadReply, person: Correspondent, origin: Origin) -> None:
    """Take the number away from every lead of the client: it is somebody else's. What was sent keeps it as evidence."""
    unlinked = session.execute(_UNLINK, {"client": person.client_id, "phone": reply.sender}).scalars().all()
    if unlinked:
        leads = [str(lead) for lead in unlinked]
        facts = {"inbox": str(reply.inbox_id), "leads": leads}
        events.record(session, EventKind.PHONE_UNLINKED, origin, person.subject, reply.label, **facts)
    evidence = {"inbox": str(reply.inbox_id), "label": reply.label}
    events.open_task(
        session,
        TaskOrder("wrong_number", str(person.lead_id or person.client_id), _CORRECT_IT, evidence),
        person.subject,
        origin,
    )


def _dispose(session: Session, reply: ReadReply, person: Correspondent) -> None:
    reason = lost_reason(reply.label, reply.body)
    if reason is not None:
        disposition = f"lost:{reason}"
    elif reply.label is ReplyLabel.OPT_OUT:
        disposition = "suppressed"
    else:
        disposition = "replied"
    session.execute(_DISPOSITION, {"lead": person.lead_id, "disposition": disposition})
