"""What a message row that cannot be claimed now means to whoever asked for it to be sent."""

from models.database.sending.rows import Row
from models.errors import TryAgain
from models.failure_classes import FailureClass
from models.sending import Held, HoldReason, InDoubt, NotSent, NotSentReason, SendResult, Sent
from models.terms import MessageState


def result_of(row: Row) -> SendResult:
    """Return how a message stands that cannot be claimed now.

    Raises:
        TryAgain: a call of it is under way. A workflow that were told "in doubt" would wait for news, and nobody announces
            what the call itself reports: its own activity does, and that may have timed out meanwhile.
    """
    message_id = row["id"]
    match MessageState(row["state"]):
        case MessageState.ACCEPTED:
            return Sent(message_id=message_id)
        case MessageState.DISPATCHING:
            raise under_way()
        case MessageState.UNKNOWN | MessageState.ESCALATED:
            return InDoubt(message_id=message_id)
        case MessageState.PLANNED:
            return Held(message_id=message_id, reason=HoldReason.NOT_APPROVED)
        case MessageState.READY:
            return Held(message_id=message_id, reason=HoldReason(row["reason"] or HoldReason.TRY_LATER))
        case _:
            failure = FailureClass(row["failure_class"]) if row["failure_class"] else None
            return NotSent(message_id=message_id, reason=NotSentReason(row["reason"]), failure=failure)


def under_way() -> TryAgain:
    """Return what whoever finds a message claimed by another call is told."""
    return TryAgain("a call of this message is under way")
