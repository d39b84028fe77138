"""Sending again what is in doubt: one person asks, a second one agrees, the provider is looked at once more, and only then.

Nothing here sends. What it comes to is a message that is ready again, under the next fence, and passes the whole gate.
"""

import json
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session

from models.database import events
from models.database.doubts import event_silence, unheard
from models.database.engine import now
from models.database.events import Origin, Subject
from models.database.sending.evidence import IN_DOUBT_TASK
from models.database.tables.ledger import Message, Resend
from models.database.tables.runs import Run
from models.event_kinds import EventKind
from models.reconciling import Trace
from models.terms import Channel, MessageState

_GONE_ON = text(
    """
    SELECT EXISTS (SELECT 1 FROM message m JOIN message o ON o.run_id = m.run_id AND o.audience = m.audience
        WHERE m.id = :id AND o.fence > 0 AND (o.position, o.occurrence) > (m.position, m.occurrence))
    """
)
_NOTE_ON_TASK = text(
    "UPDATE owner_task SET evidence = evidence || CAST(:more AS jsonb) "
    "WHERE kind = :kind AND subject = :about AND closed_at IS NULL"
)


class NotToBeSentAgain(Exception):
    """It may not be sent again, or not yet. The message is a sentence for the person who asked."""


class Step(StrEnum):
    """How far a call has brought the wish."""

    ASKED = "asked"
    ASKED_BEFORE = "asked_before"
    CONFIRMED = "confirmed"
    CONFIRMED_BEFORE = "confirmed_before"


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish to send again, and what this call has done about it."""

    step: Step
    row: Resend


def open_wish(session: Session, message: Message) -> Resend | None:
    """Return the wish that is not settled yet, if there is one; its message stays locked by whoever locked it."""
    found = session.get(Resend, (message.id, message.fence), populate_existing=True)
    return found if found is not None and found.result is None else None


def ask(session: Session, message: Message, who: Origin, reason: str, horizon: timedelta) -> Wish:
    """Record a person's wish, or a second person's agreement. The message is in doubt and locked by the caller.

    Args:
        session: of the caller's transaction.
        message: the message in doubt.
        who: the person.
        reason: why, without personal data.
        horizon: how long after the end of the lease an earlier request may still be accepted.

    Raises:
        NotToBeSentAgain: it is too early, or the message could not leave anyhow.
    """
    run = session.get_one(Run, message.run_id)
    _refuse_unless_possible(session, message, run, horizon)
    wish = open_wish(session, message)
    if wish is None:
        wish = Resend(
            message_id=message.id, fence=message.fence, asked_by=who.actor, asked_at=now(session), reason=reason
        )
        wish = session.merge(wish)  # in the place of one that was settled and left the message in doubt
        wish.confirmed_by = wish.confirmed_at = wish.looked_at = wish.result = None
        step = Step.ASKED
    elif wish.confirmed_by is not None:
        return Wish(Step.CONFIRMED_BEFORE, wish)
    elif wish.asked_by == who.actor:
        return Wish(Step.ASKED_BEFORE, wish)
    else:
        wish.confirmed_by, wish.confirmed_at = who.actor, now(session)
        step = Step.CONFIRMED
    session.flush()
    about = Subject(run.escalation_owner, message.client_id, run.id, run.lead_id, message.id, message.channel)
    events.record(session, EventKind.RESEND_ASKED, who, about, reason, step=step.value, asked_by=wish.asked_by)
    note_on_task(session, message.id, pending(wish))
    return Wish(step, wish)


def pending(wish: Resend) -> str:
    """Return what a wish waits for, as a sentence."""
    if wish.confirmed_by is None:
        return f"To be sent again: asked by {wish.asked_by}, waits for a second person."
    return f"To be sent again: asked by {wish.asked_by}, confirmed by {wish.confirmed_by}; the provider is looked at once more."


def _refuse_unless_possible(session: Session, message: Message, run: Run, horizon: timedelta) -> None:
    moment = now(session)
    assert message.lease_until is not None
    earliest = message.lease_until + horizon
    if message.audience != "contact":
        raise NotToBeSentAgain("a notice to a colleague is not sent again; a new code can be asked for instead")
    if message.state != MessageState.ESCALATED or moment < earliest:
        raise NotToBeSentAgain(
            "until then its provider may still accept the earlier call: sending it again can be asked for once it is with a "
            f"person, and not before {earliest:%Y-%m-%d %H:%M:%S} UTC"
        )
    if run.closed_at or run.stop_requested_by or run.roll_back_requested_by:
        raise NotToBeSentAgain("its run has ended, so nothing more of it can leave; start the lead again instead")
    if session.execute(_GONE_ON, {"id": message.id}).scalar_one():
        raise NotToBeSentAgain(
            "its run has gone on to a later message and waits for this one no more; close it instead"
        )
    if message.expires_at is not None and message.expires_at <= moment:
        raise NotToBeSentAgain(f"it is stale since {message.expires_at:%Y-%m-%d %H:%M:%S} UTC; close it as not sent")
    if unheard.may_concern(session, message.id, message.fence):
        raise NotToBeSentAgain("a report of its provider has just come in and is being read; ask again in a moment")
    if message.channel == Channel.EMAIL and event_silence.means(session, message.id, message.fence) is Trace.NO_EVENTS:
        raise NotToBeSentAgain(
            "no event of a later email has arrived, so the silence about this one proves nothing; "
            "it can be asked for once events of a later email have arrived"
        )


def note_on_task(session: Session, message_id: UUID, sentence: str, **more: Any) -> None:
    """Show on the open task of a message what was asked for and what came of it."""
    noted = {"send_again": sentence} | more
    session.execute(_NOTE_ON_TASK, {"kind": IN_DOUBT_TASK, "about": str(message_id), "more": json.dumps(noted)})
