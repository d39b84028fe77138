"""The send ledger as the sending activity uses it: claim, look once more, record."""

import time
from collections.abc import Callable

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlmodel import Session

from models.database import events, runs
from models.database.doubts import resend_outcomes
from models.database.engine import transaction
from models.database.events import Origin, Subject
from models.database.sealed_text import opened
from models.database.sending import claims, commits, last_look, possible_duplicates, wording_of_message
from models.database.sending.claims import Caller, Gathered
from models.database.sending.evidence import Finding, apply_evidence
from models.database.sending.facts import Rules, WhenRule
from models.database.sending.rows import Row
from models.database.sending.standings import result_of, under_way
from models.database.tables.ledger import Message
from models.errors import TryAgain, UnknownRecord
from models.event_kinds import EventKind
from models.failpoints import failpoint
from models.failure_classes import FailureClass
from models.identity import case_of, send_key
from models.identity import message_id as id_of_key
from models.patience_settings import TimerSettings
from models.provider_answers import Answer, AnswerKind, no_connection
from models.reply_addresses import reply_token
from models.sealing import KeyRing
from models.sending import Claimed, Envelope, Held, HoldReason, NotSent, NotSentReason, SendResult, SendStep
from models.terms import Channel, EvidenceSource, MessageState, RunState

SEND = Origin("workflow")
UNAVAILABLE = (OperationalError, InterfaceError, PoolTimeoutError)
"""The database does not answer. Anything else is a mistake of ours and is not repeated."""
_NEVER = {
    NotSentReason.OPTED_OUT: MessageState.SUPPRESSED,
    NotSentReason.NO_CONSENT: MessageState.SUPPRESSED,
    NotSentReason.BAD_ADDRESS: MessageState.SUPPRESSED,
    NotSentReason.EXPIRED: MessageState.EXPIRED,
    NotSentReason.RUN_ENDED: MessageState.CANCELLED,
    NotSentReason.FOLLOW_UP_OVER: MessageState.CANCELLED,
}
_SETTLE = text(
    "UPDATE message SET state = :state, reason = CAST(:reason AS text), gate = CAST(:gate AS jsonb), "
    "window_decision = CAST(:decision AS jsonb), expires_at = CASE CAST(:reason AS text) WHEN 'away' THEN expires_at "
    "ELSE coalesce(expires_at, clock_timestamp() + lifetime) END WHERE id = :id AND state = 'ready'"
)
_STATE_OF_RUN = {MessageState.ACCEPTED: RunState.AWAITING_REPLY, MessageState.UNKNOWN: RunState.AWAITING_PERSON}
_RECORD_PAUSE = 0.5


class PostgresLedger:
    """The ledger on PostgreSQL.

    Args:
        engine: READ COMMITTED, see `safety.refuse_unsafe`.
        timers: lease and checks.
        callback_key: keys the token that travels with each attempt.
        ring: opens wording that is sealed at rest.
        when: decides by the sending rules whether the hour, the caps and the order allow a message.
        epoch: that of the settings; claims need it to be that of the database.
        unsubscribe_url: the one-click link of an email (RFC 8058); None for other channels.
        worker: the name of this process, for explanation.
    """

    def __init__(
        self,
        engine: Engine,
        timers: TimerSettings,
        callback_key: bytes,
        ring: KeyRing,
        when: WhenRule,
        unsubscribe_url: Callable[[Row], str | None],
        worker: str,
        epoch: int = 1,
    ) -> None:
        self._engine = engine
        self._timers = timers
        self._key = callback_key
        self._ring = ring
        self._rules = Rules(when, timers.inbound_silence, epoch)
        self._unsubscribe_url = unsubscribe_url
        self._worker = worker

    def claim(self, step: SendStep, workflow_run_id: str, activity_attempt: int) -> Claimed | SendResult:
        """Commit the right to one call, or say why there is none. Safe to repeat.

        Raises:
            UnknownRecord: no such message was planned.
            TryAgain: the database did not answer; if its answer to the commit was lost, the claim is given back. Or a
                call of this message is under way.
        """
        started = time.monotonic()
        caller = Caller(self._worker, workflow_run_id, activity_attempt)
        claimed: Claimed | None = None
        transaction_id = ""
        try:
            with transaction(self._engine) as session:
                outcome = self._decide(session, step, caller, started)
                if isinstance(outcome, Claimed):
                    transaction_id, claimed = commits.transaction_id(session), outcome
                    failpoint("C2")
            return outcome
        except (DBAPIError, PoolTimeoutError) as error:
            if claimed is not None and self._was_committed(transaction_id, claimed.deadline):
                self.record(claimed, no_connection("commit_unknown"))
            raise TryAgain(f"database: {type(getattr(error, 'orig', error)).__name__}") from None

    def may_still_leave(self, claimed: Claimed) -> bool:
        """Look at consent and pauses once more, just before the call, and at this process's own clock."""
        if time.monotonic() > claimed.deadline:
            return False
        try:
            with transaction(self._engine) as session:
                return last_look.still_open(session, claimed)
        except UNAVAILABLE:  # who cannot look does not send; the claim is given back
            return False

    def record(self, claimed: Claimed, answer: Answer) -> SendResult:
        """Record what came of the call.

        Raises:
            TryAgain: the database did not answer until the lease was over, and evidence will tell what came of it; or a
                newer call of the message is under way, and this one's answer is recorded beside it.
        """
        finding = self._finding(answer)
        give_up = claimed.deadline + self._timers.lease.total_seconds() / 2
        while True:
            try:
                with transaction(self._engine) as session:
                    message = apply_evidence(session, claimed.message_id, claimed.fence, finding, SEND)
                    self._note_run_state(session, message)
                    failpoint("C7")
                return result_of(message.model_dump())
            except UNAVAILABLE:
                if time.monotonic() > give_up:
                    raise TryAgain("database: no answer until the lease was over") from None
                time.sleep(_RECORD_PAUSE)

    def _note_run_state(self, session: Session, message: Message) -> None:
        state = _STATE_OF_RUN.get(MessageState(message.state))
        if message.audience == "contact" and state is not None:
            runs.move(session, message.run_id, state)

    def _was_committed(self, transaction_id: str, until: float) -> bool:
        """Ask what became of a claim whose commit was not confirmed; False if nobody answers in time.

        If it was rolled back, an attempt under the same fence is another worker's, and may be under way.
        """
        while time.monotonic() < until:
            try:
                with transaction(self._engine) as session:
                    status = commits.status_of(session, transaction_id)
            except DBAPIError:
                status = None
            if status in ("committed", "aborted"):
                return status == "committed"
            time.sleep(_RECORD_PAUSE)
        return False

    def _finding(self, answer: Answer) -> Finding:
        return Finding(
            EvidenceSource.ANSWER,
            answer.outcome,
            answer.code or answer.reason,
            answer.provider_id,
            failure=answer.failure_class,
            may_repeat=answer.kind in (AnswerKind.NEVER_SENT, AnswerKind.TRY_LATER),
            next_check=self._timers.checks[0],
        )

    def _decide(self, session: Session, step: SendStep, caller: Caller, started: float) -> Claimed | SendResult:
        found = claims.find(session, step) or self._planned_repeat(session, step)
        if found["state"] != MessageState.READY:
            return result_of(found)
        gathered = claims.gather(session, found, self._rules)
        if gathered.row["state"] != MessageState.READY:
            return result_of(gathered.row)
        if not gathered.verdict.is_open:
            return self._settle(session, gathered)
        token = claims.commit_right_to_call(session, gathered, self._timers.lease, self._key, caller)
        if token is None:
            raise under_way()
        return Claimed(
            message_id=found["id"],
            fence=gathered.row["fence"] + 1,
            envelope=self._envelope(gathered, token),
            scopes=tuple(gathered.scopes),
            consent_seen=gathered.consent_seen,
            deadline=started + self._timers.lease.total_seconds() / 2,
        )

    def _planned_repeat(self, session: Session, step: SendStep) -> Row:
        first = claims.find(session, step.model_copy(update={"occurrence": 1}))
        if first is None or step.occurrence == 1:
            raise UnknownRecord(f"run {step.run_id} has no planned message for step {step.step!r}")
        case = case_of(first["send_key"])
        key = send_key(
            first["client_id"], case, step.step, step.occurrence, Channel(first["channel"]), first["address_hash"]
        )
        claims.plan_repeat(session, step, id_of_key(key), key)
        found = claims.find(session, step)
        assert found is not None
        return found

    def _settle(self, session: Session, gathered: Gathered) -> SendResult:
        row, verdict = gathered.row, gathered.verdict
        subject = Subject(row["owner"], row["client_id"], row["run_id"], row["lead_id"], row["id"], row["channel"])
        state = MessageState.READY if verdict.never is None else _NEVER[verdict.never]
        reason = str(verdict.never or verdict.hold)
        session.execute(_SETTLE, {"id": row["id"], "state": state, "reason": reason, **claims.explained(gathered)})
        if verdict.never is not None:
            events.record(session, EventKind.MESSAGE_NOT_SENT, SEND, subject, reason, step=row["step"])
            resend_outcomes.tell_if_wished(session, row["id"], verdict.never, SEND)
            failure = FailureClass.BAD_CONTACT if verdict.never is NotSentReason.BAD_ADDRESS else None
            return NotSent(message_id=row["id"], reason=verdict.never, failure=failure)
        assert verdict.hold is not None
        if row["reason"] != reason:
            events.record(session, EventKind.MESSAGE_HELD, SEND, subject, reason, paused_by=row["paused_by"])
            runs.move(session, row["run_id"], RunState.HELD)
        if verdict.hold is HoldReason.POSSIBLE_DUPLICATE:
            events.open_task(session, possible_duplicates.order(row["id"]), subject, SEND)
        if verdict.hold is HoldReason.WORDING:
            events.open_task(session, wording_of_message.order(row["id"]), subject, SEND)
        return Held(message_id=row["id"], reason=verdict.hold, until=verdict.until)

    def _envelope(self, gathered: Gathered, token: str) -> Envelope:
        row = gathered.row
        return Envelope(
            channel=row["channel"],
            to=row["address"],
            subject=row["subject"],
            body=opened(self._ring, row["sealed_with"], row["body"]),
            token=token,
            valid_for=gathered.valid_for,
            unsubscribe_url=self._unsubscribe_url(row) if row["audience"] == "contact" else None,
            reply_token=reply_token(self._key, row["id"]) if _is_mail_to_contact(row) else None,
        )


def _is_mail_to_contact(row: Row) -> bool:
    return bool(row["audience"] == "contact" and row["channel"] == Channel.EMAIL)
