"""What a refusal or a failed delivery means beyond its message: an opt-out, a paused channel, a task."""

from sqlmodel import Session

from models.database import events
from models.database.events import Origin, Subject, TaskOrder
from models.database.locks import lock_address, lock_scope, scope_key
from models.database.outbox import announce_all
from models.database.permission import consent, pauses
from models.database.permission.consent import Address, Proof
from models.database.permission.pauses import Terms
from models.database.tables.ledger import Message
from models.failure_classes import FailureClass
from models.pausing import COMPLIANCE_CODES, PauseCode
from models.terms import Channel, PauseScope

_INSTRUCTIONS = {
    FailureClass.CONFIG: "The provider refuses our set-up; the channel is paused for this client. Put it right, then resume.",
    FailureClass.CONTENT: "The provider or a carrier refuses this wording. Change the template and have it approved again.",
    FailureClass.BUG: "The provider says that the request itself is wrong. An engineer must look at it.",
    FailureClass.BLOCKED: "The recipient or a carrier blocks our number. Check before anything more goes to this address.",
    FailureClass.UNKNOWN: "The provider gave a reason that nobody has classified. Decide what to do and add its code.",
}


def lock_what_may_change(session: Session, message: Message, failure: FailureClass | None) -> None:
    """Take the locks that `spread` will need. Before any row lock: claims take theirs in this order too."""
    if failure is FailureClass.CONFIG:
        lock_scope(session, _channel_scope(message))
    if failure is FailureClass.SUPPRESSED:
        lock_address(session, message.address_hash)


def spread(
    session: Session, message: Message, failure: FailureClass | None, reason: str, subject: Subject, origin: Origin
) -> None:
    """Apply what a failure says about the address, the channel or our set-up. Safe to repeat.

    What becomes of a test says nothing about a client: a colleague's phone may be abroad, or switched off.
    """
    if message.audience == "test":
        return
    if failure is FailureClass.SUPPRESSED and message.audience == "contact":
        address = Address(message.client_id, Channel(message.channel), message.address_hash)
        proof = Proof(f"{message.provider}_{reason}", origin.actor, f"message/{message.id}")
        announce_all(session, consent.opt_out(session, address, proof).runs)
    if failure is FailureClass.CONFIG:
        why = f"the provider refuses our set-up ({reason})"
        evidence = {"provider": message.provider, "code": reason}
        code = PauseCode.COMPLIANCE if reason in COMPLIANCE_CODES else PauseCode.SET_UP
        terms = Terms(_channel_scope(message), why, subject.owner, code, evidence=evidence)
        pauses.put_on(session, terms, Origin(origin.source))
    if failure in _INSTRUCTIONS:
        order = TaskOrder(f"send_failed_{failure}", str(message.id), _INSTRUCTIONS[failure], {"code": reason})
        events.open_task(session, order, subject, origin)


def _channel_scope(message: Message) -> str:
    return scope_key(PauseScope.CHANNEL, message.client_id, Channel(message.channel))
