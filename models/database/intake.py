"""Taking in one start request: the lead, what it permits, the run; all in the caller's transaction."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col, select

from models.addresses import address_hash
from models.copywriting import SequenceVersion
from models.database import active_enrollments, events, runs
from models.database.events import Origin, Subject
from models.database.permission import consent
from models.database.permission.consent import Address, Proof
from models.database.runs import Started
from models.database.tables.copywriting import Sequence, Template
from models.database.tables.people import Client, Lead
from models.database.tables.runs import Run
from models.event_kinds import EventKind
from models.terms import Channel, ConsentKind, LeadSource, RunKind, RunState

CORRECTABLE = ("first_name", "last_name", "phone", "email", "postal_code", "region", "service_type", "urgency")
"""Fields of a lead that a later request may complete or correct, never empty."""

_INQUIRIES: dict[LeadSource, tuple[Channel, ...]] = {
    LeadSource.MISSED_CALL: (Channel.SMS,),
    LeadSource.QUOTE_REQUEST: (Channel.SMS, Channel.EMAIL),
    LeadSource.WEB_FORM: (Channel.SMS, Channel.EMAIL),
}
"""Who called or wrote first may be answered on the channels they gave. No other source says as much."""


_SHOWN_OF_CLIENT = {
    "name": re.compile(r"\{\{-?\s*client_name\b"),
    "phone": re.compile(r"\{\{-?\s*client_phone\b"),
    "postal_address": re.compile(r"\{\{-?\s*client_postal_address\b"),
}
"""How a template shows a field of the client. One that first asks whether it is there can do without it."""
_ASKED_FOR = r"\{%-?\s*(?:el)?if\b[^%]*\bclient_"


@dataclass(frozen=True, slots=True)
class Permission:
    """A consent that a start request brings with it."""

    channel: Channel
    kind: ConsentKind
    source: str
    wording_version: str = ""
    evidence: str = ""


def client_by_key(session: Session, key: str) -> Client | None:
    """Return a client, or None."""
    return session.exec(select(Client).where(col(Client.key) == key)).first()


def put_client(session: Session, key: str, given: dict[str, Any]) -> tuple[Client, bool]:
    """Enter a client, or change those of its fields that are given. Returns it, and whether it is new."""
    new = Client(key=key, **given).model_dump(exclude_none=True)
    added = session.execute(insert(Client).values(new).on_conflict_do_nothing().returning(col(Client.id))).first()
    client = session.exec(select(Client).where(col(Client.key) == key).with_for_update()).one()
    if added is None:
        client.sqlmodel_update(given)
        session.flush()
    return client, added is not None


def sequence_by_key(
    session: Session, key: str, version: int | None, kind: RunKind = RunKind.OUTREACH
) -> Sequence | None:
    """Return one version of a sequence of a kind of run, the newest if none is named, or None."""
    of_kind = func.coalesce(col(Sequence.definition)["kind"].astext, RunKind.OUTREACH.value) == kind.value
    found = select(Sequence).where(col(Sequence.key) == key, of_kind).order_by(col(Sequence.version).desc())
    return session.exec(found if version is None else found.where(col(Sequence.version) == version)).first()


def lacking(session: Session, client: Client, sequence: Sequence) -> list[str]:
    """Return the fields of the client that are empty although the texts of the sequence show them."""
    wanted = [(step["template"], step["version"]) for step in sequence.definition["steps"]]
    query = select(Template.subject, Template.body).where(tuple_(col(Template.key), col(Template.version)).in_(wanted))
    texts = [f"{subject}\n{body}" for subject, body in session.exec(query)]
    return [
        name
        for name, shown in _SHOWN_OF_CLIENT.items()
        if not getattr(client, name).strip()
        and any(shown.search(text) and not re.search(_ASKED_FOR + name, text) for text in texts)
    ]


def keep_lead(session: Session, lead: Lead) -> Lead:
    """Store a lead under (client, source, source lead id), or complete the one that is there."""
    given = lead.model_dump(exclude_none=True)
    corrected = {name: value for name, value in given.items() if name in CORRECTABLE and value}
    unique = ["client_id", "source", "source_lead_id"]
    stored = (
        insert(Lead)
        .values(given)
        .on_conflict_do_update(index_elements=unique, set_=corrected or {"source": lead.source})
    )
    lead_id = session.execute(stored.returning(col(Lead.id))).scalar_one()
    return session.get_one(Lead, lead_id, populate_existing=True)


def permit(session: Session, lead: Lead, permissions: list[Permission], origin: Origin) -> None:
    """Add what the lead permits: what the request proves, and the answer that an inquiry asks for.

    None of it undoes an opt-out, see `models.database.permission.consent.REOPENING_SOURCES`.
    """
    asked_for = [
        Permission(channel, ConsentKind.CONVERSATIONAL, lead.source, evidence=f"lead/{lead.id}")
        for channel in answerable(LeadSource(lead.source))
    ]
    record_permissions(session, lead, permissions + asked_for, origin)


def answerable(source: LeadSource) -> tuple[Channel, ...]:
    """Return the channels on which somebody who came this way may be answered, because they called or wrote first."""
    return _INQUIRIES.get(source, ())


def record_permissions(session: Session, lead: Lead, permissions: list[Permission], origin: Origin) -> None:
    """Add these permissions and no others, for the addresses that the lead has."""
    addresses = {Channel.SMS: lead.phone, Channel.EMAIL: lead.email}
    grants = [
        (Address(lead.client_id, given.channel, _hash(lead.client_id, given.channel, addresses[given.channel])), given)
        for given in permissions
        if addresses[given.channel]
    ]
    # In one order, because two requests may bring the same two addresses.
    for address, given in sorted(grants, key=lambda grant: grant[0].hash):
        proof = Proof(given.source, origin.actor, given.evidence, given.wording_version)
        consent.grant(session, address, given.kind, proof)
        about = Subject(client_id=lead.client_id, lead_id=lead.id, channel=given.channel)
        kind = given.kind.name.lower()
        events.record(session, EventKind.CONSENT_GRANTED, origin, about, kind, source=given.source)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for a run, under which key, with which body, in which trace."""

    actor: str
    idempotency_key: str
    body_hash: str
    trace_parent: str | None = None


def request_run(session: Session, lead: Lead, sequence: Sequence, owner: str | None, asked: Asked) -> Started:
    """Store the run and announce it, unless the person is in an open run for the same purpose: then that is the answer.

    Raises:
        LostRace: another request with the same key was stored first; roll back and read what it stored.
    """
    definition, by = sequence.definition, (asked.actor, asked.idempotency_key, asked.body_hash)
    purpose = SequenceVersion.model_validate(definition).enrolled_for
    addresses = {Channel.SMS: lead.phone, Channel.EMAIL: lead.email}
    hashes = [_hash(lead.client_id, channel, address) for channel, address in addresses.items() if address]
    open_run = active_enrollments.open_run(session, lead.client_id, purpose, hashes)
    if open_run is not None:
        runs.join(session, open_run, *by)
        return Started(open_run, joined=True)
    run = Run(
        kind=RunKind.OUTREACH,
        client_id=lead.client_id,
        lead_id=lead.id,
        sequence_id=sequence.id,
        owner=owner or definition["owner"],
        escalation_owner=definition["escalation_owner"],
        requested_by=asked.actor,
        rollback_path=runs.ROLLBACK_PATH,
        state=RunState.REQUESTED,
        trace_parent=asked.trace_parent,
    )
    run_id = runs.request(session, run, *by)
    active_enrollments.enroll(session, lead.client_id, purpose, hashes, run_id)
    return Started(run_id)


def _hash(client_id: UUID, channel: Channel, address: str) -> str:
    return address_hash(str(client_id), channel, address)
