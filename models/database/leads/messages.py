"""What a lead writes on the platform they came from. It is a reply like any other: it ends the automation."""

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.database.events import Origin
from models.database.inbound import correspondents, inbox
from models.database.inbound.inbox import InboundText
from models.database.leads import people
from models.database.tables.leads import LeadEventRow
from models.leads.terms import Concern, Dismissal, LeadEventKind, LeadEventState
from models.replies import ReplyEffect, classify, effect

_UNWILLING = (ReplyEffect.OPTS_OUT, ReplyEffect.HELD_FOR_PERSON)
_LINK = text("UPDATE lead_event SET lead_id = :lead, run_id = :run WHERE duplicate_of = :event AND kind = 'message'")
_WRITTEN_ON = text("UPDATE reply SET channel = :platform WHERE inbox_id = :inbox")


def take_message(session: Session, row: LeadEventRow, lead: LeadEventRow | None, origin: Origin) -> None:
    """Add a message to its lead, with the effect of a reply; keep it for a person as long as there is no lead."""
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
