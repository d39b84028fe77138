"""What a lead writes on the platform they came from. It is a reply like any other: it ends the automation."""

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.addresses import address_hash
from models.database.events import Origin
from models.database.inbound import correspondents, inbox
from models.database.inbound.inbox import InboundText
from models.database.leads import people
from models.database.permission import consent_desk
from models.database.permission.consent import Address, Proof
from models.database.tables.leads import LeadEventRow
from models.leads.terms import Concern, Dismissal, LeadEventKind, LeadEventState, Note
from models.replies import ReplyEffect, classify, effect
from models.terms import Channel

_UNWILLING = (ReplyEffect.OPTS_OUT, ReplyEffect.HELD_FOR_PERSON)
_LINK = text("UPDATE lead_event SET lead_id = :lead, run_id = :run WHERE duplicate_of = :event AND kind = 'message'")
_WRITTEN_ON = text("UPDATE reply SET channel = :platform WHERE inbox_id = :inbox")


def take_message(session: Session, row: LeadEventRow, lead: LeadEventRow | None, origin: Origin) -> None:
    """Add a message to its lead, with the effect of a reply; keep it for a person as long as there is no lead."""
    if lead is None and _of_known_number(session, row, origin):
        return
    if lead is None:
        row.state, row.reasons = LeadEventState.NEEDS_PERSON, [Concern.MESSAGE_WITHOUT_LEAD]
        people.give(session, row, origin)
        return
    _belongs_to(row, lead)
    if row.state == LeadEventState.IGNORED or lead.lead_id is None or row.inbox_id is None:
        return
    person = correspondents.of_lead(session, lead.lead_id)
    if person is not None:
        said = InboundText(row.source_event_id, person.phone, row.message, None, b"")
        inbox.assign_text(session, row.inbox_id, person, said, origin)
        session.execute(_WRITTEN_ON, {"platform": row.way, "inbox": row.inbox_id})


def _of_known_number(session: Session, row: LeadEventRow, origin: Origin) -> bool:
    """Take a message that names its writer's number as their reply. Returns False if nobody of the client has it.

    A stranger's opt-out counts all the same: whoever enters the number later must not write to it.
    """
    if not row.phone or row.inbox_id is None:
        return False
    known = [one for one in correspondents.of_number(session, row.phone) if one.client_id == row.client_id]
    if known:
        person = known[0]
        said = InboundText(row.source_event_id, row.phone, row.message, None, b"")
        others = [one for one in known if person.also_answered(one)]
        inbox.assign_text(session, row.inbox_id, person, said, origin, others)
        row.lead_id, row.run_id = person.lead_id, person.run_id
        row.state, row.reasons = LeadEventState.DUPLICATE, [Note.SAME_CONTACT]
    elif effect(classify(row.message)) in _UNWILLING:
        address = Address(row.client_id, Channel.SMS, address_hash(str(row.client_id), Channel.SMS, row.phone))
        consent_desk.opt_out(session, address, Proof("reply", "recipient", f"inbox/{row.inbox_id}"))
    return bool(known)


def gather(session: Session, lead: LeadEventRow, origin: Origin) -> bool:
    """Add messages that came before their lead to it. Returns whether one of them asks not to be written to."""
    if not lead.thread.get("platform"):
        return False
    waiting = select(LeadEventRow).where(
        col(LeadEventRow.source_account_id) == lead.source_account_id,
        col(LeadEventRow.dedupe_key) == lead.dedupe_key,
        col(LeadEventRow.kind) == LeadEventKind.MESSAGE,
        col(LeadEventRow.state) == LeadEventState.NEEDS_PERSON,
    )
    early = list(session.exec(waiting))
    for row in early:
        _belongs_to(row, lead)
        people.take_off(session, row, origin)
    return any(effect(classify(row.message)) in _UNWILLING for row in early)


def link(session: Session, lead: LeadEventRow) -> None:
    """Name the lead and the run to the messages that came before them."""
    if lead.thread.get("platform"):
        session.execute(_LINK, {"lead": lead.lead_id, "run": lead.run_id, "event": lead.id})


def _belongs_to(row: LeadEventRow, lead: LeadEventRow) -> None:
    row.duplicate_of, row.lead_id, row.run_id = lead.id, lead.lead_id, lead.run_id
    if _plain(row.message) == _plain(lead.job.get("description", "")):
        row.state, row.reasons = LeadEventState.IGNORED, [Dismissal.ITS_OWN_DESCRIPTION]
    else:
        row.state, row.reasons = LeadEventState.DUPLICATE, []


def _plain(written: str) -> str:
    return " ".join(written.lower().split())
