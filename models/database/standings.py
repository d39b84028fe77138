"""What a message row that cannot be claimed now means to whoever asked for it to be sent."""

from models.database.claims import Row
from models.failure_classes import FailureClass
from models.sending import Held, HoldReason, InDoubt, NotSent, NotSentReason, SendResult, Sent
from models.terms import MessageState


def result_of(row: Row) -> SendResult:
    """Return how a message stands that cannot be claimed now."""
    message_id = row["id"]
    match MessageState(row["state"]):
        case MessageState.ACCEPTED:
            return Sent(message_id=message_id)
        case MessageState.DISPATCHING | MessageState.UNKNOWN | MessageState.ESCALATED:
            return InDoubt(message_id=message_id)
        case MessageState.PLANNED:
            return Held(message_id=message_id, reason=HoldReason.NOT_APPROVED)
        case MessageState.READY:
            return Held(message_id=message_id, reason=HoldReason(row["reason"] or HoldReason.TRY_LATER))
        case _:
            failure = FailureClass(row["failure_class"]) if row["failure_class"] else None
            return NotSent(message_id=message_id, reason=NotSentReason(row["reason"]), failure=failure)
