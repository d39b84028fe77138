"""Tests of texts: asked for by a colleague, entered into the ledger beside everything else, and told back to them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlmodel import Session, col, select

from models.addresses import address_hash
from models.database import events, runs
from models.database.engine import now
from models.database.events import Origin, Subject
from models.database.tables.copywriting import Template
from models.database.tables.ledger import Message
from models.database.tables.people import Client, Staff
from models.database.tables.runs import Run
from models.event_kinds import EventKind
from models.identity import content_hash, message_id, send_key, workflow_id
from models.template_tests import LASTS, MOST_PER_HOUR, STEP
from models.terms import PROVIDERS, Channel, MessageState, RunKind, RunState

_RECENT = text(
    "SELECT count(*) FROM run WHERE kind = 'template_test' AND requested_by = :by "
    "AND requested_at > clock_timestamp() - interval '1 hour'"
)
_OF_TEMPLATE = text(
    """
    SELECT m.run_id, m.id AS message_id, m.channel, m.state, m.reason, m.delivery, m.failure_class, r.requested_at, r.outcome,
        c.key AS client
    FROM message m JOIN run r ON r.id = m.run_id JOIN client c ON c.id = m.client_id
    WHERE m.audience = 'test' AND m.approved_hash = :template AND r.requested_by = :by
    ORDER BY r.requested_at DESC LIMIT 10
    """
)


@dataclass(frozen=True, slots=True)
class Trial:
    """What is to be tried out: a text as it was rendered, for which client, from which version."""

    client: Client
    template: Template
    subject: str
    body: str
    address: str
    """Of whoever asks, as `own_address` gave it."""


def own_address(session: Session, handle: str, channel: Channel) -> str:
    """Return where a member of staff is reached through a channel; empty if that was never entered."""
    staff = session.get(Staff, handle)
    if staff is None or not staff.active:
        return ""
    return staff.phone if channel is Channel.SMS else staff.email


def has_had_enough(session: Session, handle: str) -> bool:
    """Return whether somebody has asked for as many tests within an hour as anybody may."""
    asked: int = session.execute(_RECENT, {"by": handle}).scalar_one()
    return asked >= MOST_PER_HOUR


def request(session: Session, trial: Trial, by: Origin, key: str, body_hash: str) -> UUID:
    """Store a run for the test with its one message, and announce it. Return the run.

    The run belongs to no lead and the message to no contact, so that neither consent, caps, measures nor a conversation hear
    of it. At the claim the gate asks once more whether the address is that of whoever asked.

    Raises:
        LostRace: another request with the same key was stored first.
        KeyReusedWithDifferentContent: the key was used for another test.
    """
    run = Run(
        kind=RunKind.TEMPLATE_TEST,
        client_id=trial.client.id,
        owner=by.actor,
        escalation_owner=by.actor,
        requested_by=by.actor,
        rollback_path="a test cannot be recalled; it has gone to whoever asked for it",
        state=RunState.REQUESTED,
    )
    run_id = runs.request(session, run, by.actor, key, body_hash)
    message = _message(trial, run_id, now(session) + LASTS)
    session.add(message)
    session.flush()
    about = Subject(by.actor, trial.client.id, run_id, None, message.id, message.channel)
    events.record(session, EventKind.MESSAGE_PLANNED, by, about, step=STEP, template=str(trial.template.id))
    return run_id


def goes_to(session: Session, run_id: UUID) -> str:
    """Return the address to which the test of a run goes. Raises NoResultFound if there is no such test."""
    return session.exec(select(Message.address).where(col(Message.run_id) == run_id)).one()


def of_template(session: Session, template: Template, by: str) -> list[RowMapping]:
    """Return what became of somebody's newest tests of a text, the newest first."""
    return list(session.execute(_OF_TEMPLATE, {"template": template.content_hash, "by": by}).mappings())


def template(session: Session, template_id: UUID) -> Template | None:
    """Return one version of a text, or None."""
    return session.exec(select(Template).where(col(Template.id) == template_id)).first()


def _message(trial: Trial, run_id: UUID, expires_at: datetime) -> Message:
    channel = Channel(trial.template.channel)
    # Not the client's hash of it: a colleague may be somebody's lead as well, and this is not said to a lead.
    hashed = address_hash("staff", channel, trial.address)
    key = send_key(trial.client.id, workflow_id(RunKind.TEMPLATE_TEST, run_id), STEP, 1, channel, hashed)
    return Message(
        id=message_id(key),
        client_id=trial.client.id,
        run_id=run_id,
        send_key=key,
        step=STEP,
        audience="test",
        channel=channel,
        provider=PROVIDERS[channel],
        address=trial.address,
        address_hash=hashed,
        immediate=True,
        subject=trial.subject,
        body=trial.body,
        content_hash=content_hash(trial.subject, trial.body),
        approved_hash=trial.template.content_hash,
        state=MessageState.READY,
        expires_at=expires_at,
    )
