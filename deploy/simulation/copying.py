"""Copying what decides on time and wording from the service's database, which is only read, and only as of one moment."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Table, func, insert, or_, select, text, true
from sqlmodel import Session

from models.addresses import address_hash
from models.approving import ApprovalSubject
from models.database import library
from models.database.permission import marks
from models.database.tables.all import metadata
from models.errors import UnknownRecord
from models.terms import Channel

WITHOUT_SECRETS = {"api_key_hash": None, "principal": None}
WITHOUT_WORDING = {"subject": "", "body": "", "sealed_with": None}
"""Earlier messages count for caps; what they said does not matter."""
Replaced = Mapping[str, object]


def copy_library(source: Session, target: Session) -> None:
    """Copy clients, staff, texts with the requests to approve them, sequences and sending rules.

    Decisions are not copied: their marks are keyed, and that key has no place here. See `approved_texts`.
    """
    target.execute(text("TRUNCATE sending_rule"))  # those that ship were entered; the service's own have other ids
    for name in ("client", "client_mark", "template", "sequence", "sending_rule"):
        _copy(source, target, name, true())
    _copy(source, target, "staff", true(), WITHOUT_SECRETS)
    approval = metadata.tables["approval"]
    of_texts = approval.c.subject == "template"
    _copy(source, target, "approval", of_texts)
    items = metadata.tables["approval_item"].c.approval_id.in_(select(approval.c.id).where(of_texts))
    _copy(source, target, "approval_item", items)


def approved_texts(source: Session) -> set[UUID]:
    """Return the templates that are approved, by decisions that carry their marks."""
    return {
        row["id"]
        for row in library.templates(source)
        if row["approval"] == "approve" and not marks.rests_on_altered(source, ApprovalSubject.TEMPLATE, row["id"])
    }


def copy_lead(source: Session, target: Session, lead_id: UUID, start: datetime) -> int:
    """Copy a lead with what it permits and what was sent to it. Returns how many of its runs were open.

    These count as ended when the simulation starts: nobody knows how they will end.

    Raises:
        UnknownRecord: there is no such lead.
    """
    lead = metadata.tables["lead"]
    row = source.execute(select(lead).where(lead.c.id == lead_id)).mappings().first()
    if row is None:
        raise UnknownRecord(f"there is no lead {lead_id}")
    _copy(source, target, "lead", lead.c.id == lead_id)
    client = row["client_id"]
    addresses = ((Channel.SMS, row["phone"]), (Channel.EMAIL, row["email"]))
    hashes = [address_hash(str(client), channel, address) for channel, address in addresses if address]
    for name in ("consent", "phone_line"):
        table = metadata.tables[name]
        _copy(source, target, name, (table.c.client_id == client) & table.c.address_hash.in_(hashes))
    opened = _copy_history(source, target, row["client_id"], hashes, lead_id, start)
    _copy_replies(source, target, lead_id)
    return opened


def _copy_history(
    source: Session, target: Session, client: UUID, hashes: list[str], lead_id: UUID, start: datetime
) -> int:
    message, run = metadata.tables["message"], metadata.tables["run"]
    to_them = (
        (message.c.client_id == client)
        & message.c.address_hash.in_(hashes)
        & (message.c.audience == "contact")
        & message.c.state.in_(["accepted", "dispatching", "unknown", "escalated"])
        & (message.c.accepted_at <= start)
    )
    runs = run.c.id.in_(select(message.c.run_id).where(to_them))
    opened: int = source.execute(
        select(func.count()).select_from(run).where(or_(runs, run.c.lead_id == lead_id), run.c.closed_at.is_(None))
    ).scalar_one()
    _copy(source, target, "run", runs, {"lead_id": None, "closed_at": start, "trace_parent": None})
    _copy(source, target, "message", to_them, WITHOUT_WORDING)
    return opened


def _copy_replies(source: Session, target: Session, lead_id: UUID) -> None:
    """Copy when a lead has last answered; a follow-up ends so long after it."""
    reply, inbox = metadata.tables["reply"], metadata.tables["inbox"]
    theirs = reply.c.lead_id == lead_id
    emptied = {"sealed_body": b"", "sealed_with": "", "run_id": None, "state": "done", "token_hash": None}
    _copy(source, target, "inbox", inbox.c.id.in_(select(reply.c.inbox_id).where(theirs)), emptied)
    _copy(source, target, "reply", theirs, {"body": "", "run_id": None, "ends_automation": False})


def _copy(
    source: Session, target: Session, name: str, where: ColumnElement[bool], replaced: Replaced | None = None
) -> None:
    table = metadata.tables[name]
    columns = [column for column in table.columns if column.computed is None]
    shown = [column for column in columns if column.name not in (replaced or {})]
    rows = source.execute(select(*shown).where(where).order_by(*_in_order(table))).mappings().all()
    if not rows:
        return
    target.execute(insert(table), [{**row, **(replaced or {})} for row in rows])
    for column in table.primary_key:
        if column.autoincrement is True or (column.autoincrement == "auto" and column.type.python_type is int):
            target.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{name}', '{column.name}'), max({column.name})) FROM {name}"
                )  # noqa: S608
            )


def _in_order(table: Table) -> Iterable[ColumnElement[object]]:
    """By key: a rule comes after the one that it supersedes."""
    return tuple(table.primary_key)
