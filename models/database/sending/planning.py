"""Entering a message into the ledger: from here on only the gate decides whether it leaves."""

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import Session, col

from models.database import drafts, events, runs, wording
from models.database.events import Origin
from models.database.sending.wording_of_message import audience_of
from models.database.tables.ledger import Message
from models.database.tables.runs import Run
from models.enrollment import DraftMessage
from models.errors import KeyReusedWithDifferentContent
from models.event_kinds import EventKind
from models.identity import message_id, send_key, workflow_id
from models.terms import PROVIDERS, MessageState, RunKind
from models.wording.audiences import Stage

WORKFLOW = Origin("workflow")
_STANDING = text("SELECT content_hash FROM message WHERE id = :id")


def plan(session: Session, run: Run, draft: DraftMessage, state: MessageState) -> None:
    """Store one message of a run under its send key. Safe to repeat.

    Raises:
        KeyReusedWithDifferentContent: it was planned before with other wording.
        WordingBlocked: it holds what must not leave.
        NotReviewed: it is the text of a draft that nobody has reviewed as it stands.
    """
    case = workflow_id(RunKind(run.kind), run.id)
    key = send_key(run.client_id, case, draft.step, 1, draft.channel, draft.recipient.hash)
    identity = message_id(key)
    row = Message(
        id=identity,
        client_id=run.client_id,
        run_id=run.id,
        send_key=key,
        step=draft.step,
        position=draft.position,
        channel=draft.channel,
        provider=PROVIDERS[draft.channel],
        address=draft.recipient.address,
        address_hash=draft.recipient.hash,
        time_zones=list(draft.recipient.time_zones),
        places=list(draft.recipient.places),
        immediate=draft.immediate,
        consent_needed=int(draft.consent_needed),
        subject=draft.subject,
        body=draft.body,
        content_hash=draft.content_hash,
        approved_hash=draft.approved_hash,
        state=state,
        lifetime=draft.lifetime,
    )
    statement = insert(Message).values(row.model_dump(exclude_none=True)).on_conflict_do_nothing()
    added = session.execute(statement.returning(col(Message.id))).first()
    if added is None:
        if session.execute(_STANDING, {"id": identity}).scalar_one_or_none() != draft.content_hash:
            raise KeyReusedWithDifferentContent(f"message {identity} was planned with other wording")
        return
    audience = audience_of(session, run.client_id, draft.content_hash, run.kind, draft.channel)
    found = wording.check_at(session, Stage.DRAFT, run.client_id, draft.subject, draft.body, audience)
    found.refuse_blocked(f"step {draft.step}")
    drafts.refuse_unreviewed(session, run.client_id, [draft.content_hash])
    about = runs.subject(run)
    events.record(session, EventKind.MESSAGE_PLANNED, WORKFLOW, about, step=draft.step, channel=draft.channel)
