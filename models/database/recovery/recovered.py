"""Messages that left after the rows were saved: the attempt whose row was lost is written again, marked as recovered.

Its token is a function of the message and the number of the attempt, so that callbacks that are still to come find it.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Engine, text
from sqlmodel import Session

from models.compensation import UndoKind
from models.database import events, undos
from models.database.engine import now, transaction
from models.database.events import Origin
from models.database.outbox import announce
from models.database.sending.effects import lock_what_may_change
from models.database.sending.evidence import Finding, apply_evidence
from models.database.tables.ledger import Attempt, Evidence, Message
from models.delivery import from_twilio
from models.failure_classes import sms_failure_class
from models.identity import callback_token, token_hash
from models.recovering import Recorded
from models.terms import IN_DOUBT, AttemptOutcome, EvidenceSource, MessageState

RECOVERED = "recovered"
"""Worker of such an attempt, and reason of its evidence: nobody knows which process made the call, or when it claimed."""
RECOVERY = Origin("recovery")
MAY_HAVE_LEFT_TASK = "possible_duplicate"
"""While it is open the claim holds the message it is about."""
UNSENT = (
    MessageState.PLANNED,
    MessageState.READY,
    MessageState.SUPPRESSED,
    MessageState.CANCELLED,
    MessageState.EXPIRED,
)
"""States that may be wrong about a message. Since the restore its workflow may have closed the run, or an opt-out that was
read again may have suppressed what had left before it."""
_NO_LONGER_FOREIGN = text("DELETE FROM foreign_message WHERE provider = :provider AND provider_message_id = :id")


def finding_of(recorded: Recorded) -> Finding:
    """Return what the provider's record of a text proves; its callbacks went to a ledger that is gone."""
    delivery = from_twilio(recorded.status)
    failed = delivery is not None and delivery.is_failure
    code = recorded.error_code
    return Finding(
        EvidenceSource.LIST,
        AttemptOutcome.ACCEPTED,
        f"{recorded.status}/{code}" if code else recorded.status,
        recorded.listed.provider_id,
        delivery,
        sms_failure_class(code) if failed else None,
    )


def bind(
    engine: Engine, key: bytes, message_id: UUID, finding: Finding, at: datetime | None, fence: int | None = None
) -> bool:
    """Record that a message left. Returns False if nothing is to be recovered of it any more. Safe to repeat.

    Args:
        engine: the way to the rows.
        key: keys the tokens of attempts.
        message_id: the message.
        finding: what is known of it.
        at: when its provider accepted it.
        fence: number of the attempt that made the call, if that is known; else the next one is taken for it.
    """
    with transaction(engine) as session:
        if finding.failure is not None:  # its locks come before those of rows
            lock_what_may_change(session, session.get_one(Message, message_id), finding.failure)
        message = session.get_one(Message, message_id, with_for_update=True, populate_existing=True)
        if message.state in UNSENT:
            _write_attempt(session, message, fence or message.fence + 1, key, at)
        elif message.state not in IN_DOUBT or fence not in (None, message.fence):
            return False
        session.add(
            Evidence(
                message_id=message.id,
                fence=message.fence,
                source=finding.source,
                kind=AttemptOutcome.ACCEPTED,
                reason=RECOVERED,
                provider_message_id=finding.provider_message_id,
            )
        )
        session.flush()
        apply_evidence(session, message.id, message.fence, finding, RECOVERY)
        where = {"provider": message.provider, "id": finding.provider_message_id}
        session.execute(_NO_LONGER_FOREIGN, where)
        events.close_tasks(session, MAY_HAVE_LEFT_TASK, str(message.id), RECOVERY)
        announce(session, message.run_id)
        return True


def _write_attempt(session: Session, message: Message, fence: int, key: bytes, at: datetime | None) -> None:
    moment = now(session)
    message.state, message.reason, message.fence = MessageState.UNKNOWN, None, fence
    message.lease_until, message.next_check_at, message.accepted_at = at, moment, at
    if message.expires_at is None and message.lifetime is not None:
        message.expires_at = moment + message.lifetime
    session.add(
        Attempt(
            message_id=message.id,
            fence=fence,
            token_hash=token_hash(callback_token(key, message.id, fence)),
            worker=RECOVERED,
            started_at=at,
            outcome=AttemptOutcome.UNKNOWN,
            reason=RECOVERED,
        )
    )
    if message.audience == "contact":
        # A claim before this attempt may have registered it; one whose row is lost may have been the first.
        undos.register(session, message.run_id, f"send:{message.id}", UndoKind.SENT_MESSAGE, str(message.id))
