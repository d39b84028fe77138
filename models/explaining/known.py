"""All that is known of one message, as rows, for the sentences about it. Addresses, names and wording are not among it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from models.explaining.phrases import Row
from models.incidents.steering import IncidentSituation
from models.sending import HoldReason, NotSentReason
from models.terms import AttemptOutcome, EvidenceSource, MessageState

UNSETTLED = frozenset(
    {
        MessageState.PLANNED,
        MessageState.READY,
        MessageState.DISPATCHING,
        MessageState.UNKNOWN,
        MessageState.ESCALATED,
    }
)
"""States that may still change: for them it is worth knowing what the gate would say now."""


@dataclass(frozen=True, slots=True)
class RunKnown:
    """A run, its contact's messages in the order of the steps, and what is on people's lists about it.

    `steps`: delay and response window of each step of its sequence, by key.
    """

    row: Row
    messages: list[Row]
    tasks: list[Row]
    approval: Row | None
    replies: list[Row]
    steps: Mapping[str, tuple[timedelta, timedelta]]
    repeat_after: timedelta
    escalate_after: timedelta
    announcement: Row | None
    """What Temporal must still hear of: `next_try_at`, `last_error`."""
    rolled_back_at: datetime | None = None
    job: Row | None = None
    """Of a review request: the job it asks about."""
    incident: IncidentSituation | None = None
    """How the incident stands that it tells a client of, if that is what it does."""

    @property
    def open_tasks(self) -> list[Row]:
        """What is still to be done."""
        return [task for task in self.tasks if task["closed_at"] is None]


@dataclass(frozen=True, slots=True)
class Known:
    """One message. `asked_at` is when the gate was asked last, `seen` what it looked at then, by rule."""

    message: Row
    run: RunKnown
    attempts: list[Row]
    evidence: list[Row]
    events: list[Row]
    resend: Row | None
    tasks: list[Row]
    asked_at: datetime | None
    seen: Mapping[str, Row] = field(default_factory=dict)
    opt_out: Row | None = None
    """The newest consent event that withdrew permission, if it stands."""

    @property
    def state(self) -> MessageState:
        """Where it stands."""
        return MessageState(self.message["state"])

    @property
    def is_to_contact(self) -> bool:
        """Whether it goes to the lead, and not to a colleague."""
        return bool(self.message["audience"] == "contact")

    @property
    def held_because(self) -> HoldReason | None:
        """Why it waits, if something holds it."""
        reason = self.message["reason"]
        match self.state:
            case MessageState.PLANNED:
                return HoldReason.NOT_APPROVED
            case MessageState.READY if reason in set(HoldReason):
                return HoldReason(reason)
            case MessageState.READY if self.attempts and not self.is_to_be_sent_again:
                return HoldReason.TRY_LATER
            case _:
                return None

    @property
    def never_because(self) -> NotSentReason | None:
        """Why it will never leave, if that is so."""
        reason = self.message["reason"]
        return NotSentReason(reason) if reason in set(NotSentReason) else None

    @property
    def is_to_be_sent_again(self) -> bool:
        """Whether two people had it made ready once more, and no newer call has been made."""
        return (
            self.resend is not None and self.resend["result"] == "sent_again" and self._newest_is(self.resend["fence"])
        )

    @property
    def newest_call(self) -> Row | None:
        """The newest call to the provider."""
        return self.attempts[-1] if self.attempts else None

    @property
    def accepted_call(self) -> Row | None:
        """The call that the provider has accepted."""
        return next((row for row in reversed(self.attempts) if row["outcome"] == AttemptOutcome.ACCEPTED), None)

    def proof_of(self, fence: int) -> EvidenceSource | None:
        """Return who was the first to say that a call was accepted."""
        denying = {AttemptOutcome.UNKNOWN.value, AttemptOutcome.NOT_ACCEPTED.value}
        said = (
            row for row in self.evidence
            if row["fence"] == fence and row["kind"] not in denying and row["source"] != EvidenceSource.CHECK
        )  # fmt: skip
        first = next(said, None)
        return EvidenceSource(first["source"]) if first else None

    def event(self, kind: str, reason: str | None = None) -> Row | None:
        """Return the newest event of a kind about this message."""
        found = (row for row in reversed(self.events) if row["kind"] == kind)
        return next((row for row in found if reason is None or row["reason"] == reason), None)

    def task(self, kind: str) -> dict[str, Any] | None:
        """Return the newest task of a kind about it."""
        return next((dict(row) for row in reversed(self.tasks) if row["kind"] == kind), None)

    def _newest_is(self, fence: int) -> bool:
        return self.newest_call is not None and self.newest_call["fence"] == fence
