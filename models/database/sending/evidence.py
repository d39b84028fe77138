"""The one writer of outcomes. Answers, callbacks, events, lists and people all come through here.

Evidence is monotone: what proves acceptance wins over what denies it, delivery only moves forward, a provider's id binds
to one message. So any order and any repetition of the same evidence ends in the same row.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from models.database import events
from models.database.events import Origin, Subject, TaskOrder
from models.database.outbox import announce
from models.database.sending.effects import lock_what_may_change, spread
from models.database.tables.ledger import Attempt, Evidence, Message
from models.database.tables.runs import Run
from models.delivery import Delivery, later
from models.event_kinds import EventKind
from models.failure_classes import FailureClass, more_telling
from models.reconciling import BEFORE_EXPIRY
from models.sending import NotSentReason
from models.terms import IN_DOUBT, AttemptOutcome, EvidenceSource, MessageState

IN_DOUBT_TASK = "message_in_doubt"
CONFLICT_TASK = "conflicting_evidence"
_RUN_HAS_ENDED = text("SELECT closed_at IS NOT NULL FROM run WHERE id = :run FOR SHARE")
"""Locked, because a run that is being closed cancels what is ready only once."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What somebody says about one attempt.

    Args:
        source: who says so.
        outcome: accepted, not accepted or unknown.
        reason: the provider's code or a short word; never wording or an address.
        provider_message_id: the provider's id, if it gave one.
        delivery: how far delivery has come, if this says so.
        failure: the class of a refusal or a failed delivery.
        may_repeat: True if a refusal is definite and the same request may be made again.
        next_check: after an unknown outcome, how long until it is looked up.
    """

    source: EvidenceSource
    outcome: AttemptOutcome
    reason: str = ""
    provider_message_id: str | None = None
    delivery: Delivery | None = None
    failure: FailureClass | None = None
    may_repeat: bool = False
    next_check: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class _Standing:
    """How a message and one attempt stand, locked, with the owner of the run and the database's time."""

    message: Message
    attempt: Attempt
    owner: str
    lead_id: UUID | None
    moment: datetime


def apply_evidence(session: Session, message_id: UUID, fence: int, finding: Finding, origin: Origin) -> Message:
    """Add one finding and move the attempt and the message as far as it proves. Safe to repeat, in any order."""
    if finding.failure is not None:
        lock_what_may_change(session, session.get_one(Message, message_id), finding.failure)
    standing = _standing(session, message_id, fence)
    message, attempt = standing.message, standing.attempt
    subject = Subject(standing.owner, message.client_id, message.run_id, standing.lead_id, message.id, message.channel)
    session.add(
        Evidence(
            message_id=message_id,
            fence=fence,
            source=finding.source,
            kind=finding.delivery or finding.outcome,
            reason=finding.reason,
            provider_message_id=finding.provider_message_id,
        )
    )
    match finding.outcome:
        case AttemptOutcome.ACCEPTED:
            if _contradicts(message, finding):
                _conflict(session, message, finding, subject, origin, accepted_twice=True)
                return message
            if _accept(session, standing, finding, subject, origin):
                _deliver(session, message, finding, subject, origin)
        case AttemptOutcome.NOT_ACCEPTED if attempt.outcome in (None, AttemptOutcome.UNKNOWN):
            _refuse(session, standing, finding, subject, origin)
        case AttemptOutcome.UNKNOWN if attempt.outcome is None:
            _doubt(session, standing, finding, subject, origin)
    session.flush()
    return message


def _accept(session: Session, standing: _Standing, finding: Finding, subject: Subject, origin: Origin) -> bool:
    """Return whether the message is accepted by this attempt; False if that contradicts what is known."""
    message, attempt, moment = standing.message, standing.attempt, standing.moment
    if attempt.outcome == AttemptOutcome.ACCEPTED and message.provider_message_id is not None:
        return True
    before = MessageState(message.state)
    try:
        with session.begin_nested():
            attempt.outcome, attempt.reason, attempt.ended_at = AttemptOutcome.ACCEPTED, finding.reason, moment
            message.state, message.reason, message.next_check_at = MessageState.ACCEPTED, None, None
            message.accepted_at = message.accepted_at or moment
            if before is not MessageState.ACCEPTED:
                message.failure_class = None  # of a refusal that this proves wrong
            message.provider_message_id = finding.provider_message_id
            session.flush()
    except IntegrityError:
        # A second live attempt, or an id that is bound to another message: a duplicate must never be recorded quietly.
        session.refresh(message)
        _conflict(session, message, finding, subject, origin, accepted_twice=True)
        return False
    if before not in IN_DOUBT and before is not MessageState.ACCEPTED:
        _conflict(session, message, finding, subject, origin)
    events.record(session, EventKind.MESSAGE_ACCEPTED, origin, subject, finding.reason, step=message.step)
    if before is not MessageState.DISPATCHING:  # then the sending activity is still there to tell the workflow
        events.close_tasks(session, IN_DOUBT_TASK, str(message.id), origin)
        announce(session, message.run_id)
    return True


def _deliver(session: Session, message: Message, finding: Finding, subject: Subject, origin: Origin) -> None:
    known = Delivery(message.delivery) if message.delivery else None
    news = finding.delivery
    if news is None or later(known, news) is not news:
        return
    message.delivery = news
    if news.is_failure or news is Delivery.COMPLAINED:
        failure = finding.failure or FailureClass.UNKNOWN
        if news is known:
            said_before = FailureClass(message.failure_class or failure)
            failure = more_telling(said_before, failure)
            if failure is said_before:
                return
        message.failure_class = failure
        events.record(session, EventKind.DELIVERY_FAILED, origin, subject, finding.reason, failure=failure)
        spread(session, message, failure, finding.reason, subject, origin)
        announce(session, message.run_id)
    elif news.is_arrival and not (known and known.is_arrival):
        message.failure_class = None  # an earlier failure was not the last word
        events.record(session, EventKind.DELIVERED, origin, subject, step=message.step)


def _refuse(session: Session, standing: _Standing, finding: Finding, subject: Subject, origin: Origin) -> None:
    message, attempt, moment = standing.message, standing.attempt, standing.moment
    attempt.outcome, attempt.reason, attempt.ended_at = AttemptOutcome.NOT_ACCEPTED, finding.reason, moment
    if message.fence != attempt.fence or message.state not in IN_DOUBT:
        return
    before = MessageState(message.state)
    (message.state, message.reason), message.next_check_at = _after_refusal(session, message, finding), None
    if message.state == MessageState.REFUSED:
        message.failure_class = finding.failure or FailureClass.UNKNOWN
    if before is not MessageState.DISPATCHING or finding.source is not EvidenceSource.ANSWER:
        events.close_tasks(session, IN_DOUBT_TASK, str(message.id), origin)
        announce(session, message.run_id)
    if not (finding.source is EvidenceSource.PERSON and finding.may_repeat):  # which has events of its own
        facts = {"may_repeat": finding.may_repeat, "failure": finding.failure}
        events.record(session, EventKind.MESSAGE_REFUSED, origin, subject, finding.reason, **facts)
    if message.state == MessageState.CANCELLED:
        events.record(session, EventKind.MESSAGE_NOT_SENT, origin, subject, NotSentReason.RUN_ENDED, step=message.step)
    spread(session, message, finding.failure, finding.reason, subject, origin)


def _after_refusal(session: Session, message: Message, finding: Finding) -> tuple[MessageState, NotSentReason | None]:
    if finding.may_repeat or finding.failure is FailureClass.CONFIG:
        if message.audience == "contact" and session.execute(_RUN_HAS_ENDED, {"run": message.run_id}).scalar_one():
            return MessageState.CANCELLED, NotSentReason.RUN_ENDED
        return MessageState.READY, None
    by_person = finding.source is EvidenceSource.PERSON
    return MessageState.REFUSED, NotSentReason.CLOSED_BY_PERSON if by_person else NotSentReason.REFUSED


def _doubt(session: Session, standing: _Standing, finding: Finding, subject: Subject, origin: Origin) -> None:
    message, attempt, moment = standing.message, standing.attempt, standing.moment
    attempt.outcome, attempt.reason, attempt.ended_at = AttemptOutcome.UNKNOWN, finding.reason, moment
    if message.fence == attempt.fence and message.state == MessageState.DISPATCHING:
        message.state = MessageState.UNKNOWN
        message.next_check_at = _first_check(message, moment, finding.next_check)
        events.record(session, EventKind.MESSAGE_IN_DOUBT, origin, subject, finding.reason)


def _first_check(message: Message, moment: datetime, after: timedelta) -> datetime:
    due = moment + after
    return due if message.expires_at is None else min(due, max(moment, message.expires_at - BEFORE_EXPIRY))


def _contradicts(message: Message, finding: Finding) -> bool:
    bound, said = message.provider_message_id, finding.provider_message_id
    return bound is not None and said is not None and bound != said


def _conflict(
    session: Session,
    message: Message,
    finding: Finding,
    subject: Subject,
    origin: Origin,
    *,
    accepted_twice: bool = False,
) -> None:
    events.record(session, EventKind.CONFLICTING_EVIDENCE, origin, subject, finding.reason, source=finding.source)
    events.open_task(
        session,
        TaskOrder(
            CONFLICT_TASK,
            str(message.id),
            "Two sources disagree about one message. Compare its evidence with the provider's list; "
            "a second acceptance means that the person may have received it twice.",
            {
                "source": finding.source,
                "reason": finding.reason,
                "provider_message_id": finding.provider_message_id,
                "accepted_twice": accepted_twice,
            },
        ),
        subject,
        origin,
    )


def _standing(session: Session, message_id: UUID, fence: int) -> _Standing:
    # Both rows are locked: a row that is only read would be that of before the wait for the other.
    query = (
        select(Message, Attempt, col(Run.owner), col(Run.lead_id), func.clock_timestamp())
        .join(Attempt, col(Attempt.message_id) == col(Message.id))
        .join(Run, col(Run.id) == col(Message.run_id))
        .where(col(Message.id) == message_id, col(Attempt.fence) == fence)
        .with_for_update(of=[Message, Attempt])
        .execution_options(populate_existing=True)
    )
    return _Standing(*session.execute(query).one())
