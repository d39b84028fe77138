"""What comes of a wish to send again, once the provider was looked at after the second person's yes."""

from uuid import UUID

from sqlalchemy import text
from sqlmodel import Session, col, select

from models.database import events
from models.database.doubts import doubt_story, unheard
from models.database.doubts.resending import note_on_task
from models.database.engine import now
from models.database.events import Origin, Subject, TaskOrder
from models.database.sending.evidence import Finding, apply_evidence
from models.database.tables.ledger import Message, Resend
from models.database.tables.runs import Run
from models.event_kinds import EventKind
from models.reconciling import Doubt, Look, Trace
from models.sending import NotSentReason
from models.terms import AttemptOutcome, EvidenceSource, MessageState

SENT_AGAIN, OVERTAKEN, RUN_ENDED, CONFLICT = "sent_again", "resolved_meanwhile", "run_ended", "conflicting_evidence"
NOT_SENT_AGAIN_TASK = "not_sent_again"
_OVERTAKEN = text(
    """
    UPDATE resend s SET result = :result FROM message m JOIN run r ON r.id = m.run_id
    WHERE m.id = s.message_id AND s.result IS NULL AND (m.state <> 'escalated' OR m.fence <> s.fence)
    RETURNING m.id, m.client_id, m.run_id, m.channel, m.state, r.escalation_owner, r.lead_id
    """
)
_WISHED = text(
    """
    SELECT m.client_id, m.run_id, m.channel, r.escalation_owner, r.lead_id
    FROM message m JOIN resend s ON s.message_id = m.id AND s.fence = m.fence JOIN run r ON r.id = m.run_id
    WHERE m.id = :message
    """
)


def settle(session: Session, doubt: Doubt, look: Look, origin: Origin) -> bool:
    """Do what a look after the confirmation allows. Returns False if it was settled or renewed, or a report waits to be read."""
    message = session.exec(select(Message).where(col(Message.id) == doubt.message_id).with_for_update()).one()
    wish = session.get(Resend, (doubt.message_id, doubt.fence), populate_existing=True, with_for_update=True)
    if wish is None or wish.result is not None or wish.confirmed_at is None or wish.confirmed_at != doubt.confirmed_at:
        return False
    if unheard.may_concern(session, doubt.message_id, doubt.fence):
        return False
    if message.state != MessageState.ESCALATED or message.fence != doubt.fence:
        wish.result = OVERTAKEN
    else:
        wish.looked_at = now(session)
        wish.result = _settled(session, doubt, look, origin)
    session.flush()
    run = session.get_one(Run, message.run_id)
    about = Subject(run.escalation_owner, message.client_id, run.id, run.lead_id, message.id, message.channel)
    found = doubt_story.candidates_of(look)
    people = {"asked_by": wish.asked_by, "confirmed_by": wish.confirmed_by}
    events.record(session, EventKind.RESEND_SETTLED, origin, about, wish.result, candidates=found, **people)
    if wish.result == RUN_ENDED:
        tell_that_it_stays(session, message.id, NotSentReason.RUN_ENDED, about, origin)
    if message.state == MessageState.ESCALATED:
        sentence = f"Not sent again: {_why_not(wish.result, look)} It stays with you."
        note_on_task(session, message.id, sentence, candidates=found)
    return True


def _settled(session: Session, doubt: Doubt, look: Look, origin: Origin) -> str:
    """Turn the look into evidence; return the result."""
    if look.seen is Trace.FOUND:
        listed = Finding(EvidenceSource.LIST, AttemptOutcome.ACCEPTED, "listed", look.candidates[0].provider_id)
        message = apply_evidence(session, doubt.message_id, doubt.fence, listed, origin)
        return Trace.FOUND.value if message.state == MessageState.ACCEPTED else CONFLICT
    if look.seen.is_absence:
        absent = Finding(EvidenceSource.PERSON, AttemptOutcome.NOT_ACCEPTED, "person_send_again", may_repeat=True)
        message = apply_evidence(session, doubt.message_id, doubt.fence, absent, origin)
        return SENT_AGAIN if message.state == MessageState.READY else RUN_ENDED
    return look.seen.value


def close_overtaken(session: Session, origin: Origin) -> None:
    """Settle wishes whose message is no longer in doubt: evidence or a person was quicker."""
    for row in session.execute(_OVERTAKEN, {"result": OVERTAKEN}).all():
        about = Subject(row.escalation_owner, row.client_id, row.run_id, row.lead_id, row.id, row.channel)
        events.record(session, EventKind.RESEND_SETTLED, origin, about, OVERTAKEN, state=row.state)


def tell_if_wished(session: Session, message_id: UUID, reason: NotSentReason, origin: Origin) -> None:
    """Tell somebody that a message will never leave, if people wanted this copy of it sent again. Safe to repeat."""
    wished = session.execute(_WISHED, {"message": message_id}).first()
    if wished is not None:
        about = Subject(
            wished.escalation_owner, wished.client_id, wished.run_id, wished.lead_id, message_id, wished.channel
        )
        tell_that_it_stays(session, message_id, reason, about, origin)


def tell_that_it_stays(
    session: Session, message_id: UUID, reason: NotSentReason, about: Subject, origin: Origin
) -> None:
    """Tell the people who wanted a message sent again that it will never leave, and why. Safe to repeat."""
    order = TaskOrder(NOT_SENT_AGAIN_TASK, str(message_id), _STAYS, {"reason": reason})
    events.open_task(session, order, about, origin)


def _why_not(result: str, look: Look) -> str:
    if result == CONFLICT:
        return "what the list shows is bound to another message."
    ids = ", ".join(one.provider_id for one in look.candidates)
    return f"{look.seen.in_words}{f' ({ids})' if ids else ''}."


_STAYS = (
    "Two people wanted this message sent again, but it was refused by a later check or its run ended before it could leave. "
    "It will not leave. Its explanation says why; decide whether somebody should speak with the lead."
)
