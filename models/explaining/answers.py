"""What an explanation holds: a sentence that answers, every check with its inputs, what would have to change, what is next.

Addresses are masked; names and wording are not part of it. Moments are aware, on the database clock.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field

from models.frozen import Frozen
from models.leads.promptness import Promptness
from models.terms import RunKind


class Verdict(StrEnum):
    """How one check of the gate ended."""

    PASSED = "passed"
    STOPPED = "stopped"
    NOT_ASKED = "not_asked"


class Remedy(Frozen):
    """What would have to change, who may do that, and how."""

    change: str = Field(examples=["The pause of the client is lifted; every check is then made again."])
    who: str = Field(examples=["an incident owner (role incident_owner)"])
    how: tuple[str, ...] = Field((), description="Commands and requests that do it; empty if it comes by itself.")


class CheckLine(Frozen):
    """One check of the gate."""

    number: int = Field(description="Its place in the order of the gate, from 1.")
    rule: str = Field(examples=["not paused"])
    verdict: Verdict
    in_words: str = Field(
        examples=["The client was paused by incident-owner at 2026-11-21 14:01:09 UTC: wrong prices."]
    )
    inputs: dict[str, Any] = Field(
        description="What the check looked at, as it stood then: rows by their ids, with their times and people.",
        examples=[{"scope": "everything", "owner": "incident-owner", "since": "2026-11-21T14:01:09Z", "epoch": 3}],
    )
    saw: str | None = Field(None, description="The check's own note, stored with the message.")
    to_change: Remedy | None = Field(None, description="What would let it pass; for a check that stopped the message.")


class Step(Frozen):
    """Something that comes next: when, as far as that is known, and whose turn it is."""

    what: str = Field(examples=["Every check is made again when the allowed hours begin."])
    at: datetime | None = Field(None, description="When, or by when; null if that depends on somebody or something.")
    who: str = Field(examples=["the workflow", "sales-ops"])


class Moment(Frozen):
    """Something that happened to a message: a call, or what somebody said about one."""

    at: datetime
    in_words: str = Field(examples=["the provider's answer says accepted of call 1"])


class Judgement(Frozen):
    """What the gate would say if it were asked now. Nothing is claimed or changed by asking so."""

    at: datetime
    answer: str = Field(examples=["Asked now, it would be held: it is outside the allowed hours."])
    checks: list[CheckLine] = Field(description="All of them: what stands behind the first obstacle is asked too.")
    until: datetime | None = Field(None, description="When it may be tried again, if a check knows.")


class MessageInShort(Frozen):
    """One message in one sentence."""

    message_id: UUID
    step: str
    occurrence: int
    channel: str
    state: str
    answer: str


class MessageExplanation(Frozen):
    """Why one message went out, did not, or waits."""

    message_id: UUID
    run_id: UUID
    lead_id: UUID | None
    client: str
    step: str
    occurrence: int
    audience: str = Field(description="`contact`; `staff` for a notice to a colleague; `test` for a text tried out.")
    channel: str
    to: str = Field(description="Masked.", examples=["+1•••••••23"])
    state: str
    reason: str | None
    failure_class: str | None
    delivery: str | None
    provider_message_id: str | None
    question: str = Field(examples=["Why did this go out?"])
    answer: str = Field(
        examples=[
            "It went out: all 16 checks passed at 2026-11-21 14:03:05 UTC, worker-1 made call 1, and twilio accepted it as SM1."
        ]
    )
    to_change: list[Remedy] = Field(description="What would have to change for it to leave; empty if nothing has to.")
    next: list[Step]
    asked_at: datetime | None = Field(description="When the gate was asked last; null if it never was.")
    checks: list[CheckLine] = Field(description="Every check in order, as it ended when the gate was asked last.")
    calls: list[Moment]
    now: Judgement | None = Field(description="For a message that is not settled.")

    @property
    def in_short(self) -> MessageInShort:
        """The message in one sentence, and what the gate would say now if that is still to come."""
        said = f"{self.answer} {self.now.answer}" if self.now and self.checks_were_made else self.answer
        return MessageInShort(**self.model_dump(include=set(MessageInShort.model_fields) - {"answer"}), answer=said)

    @property
    def checks_were_made(self) -> bool:
        """Whether the gate was ever asked."""
        return self.asked_at is not None


class TaskOnList(Frozen):
    """Something on a person's list."""

    id: UUID
    kind: str
    owner: str
    instruction: str
    opened_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = None


class ConsentLine(Frozen):
    """One consent event of an address."""

    id: int
    at: datetime
    status: str
    kind: str | None = Field(description="The rung that was granted.")
    source: str
    actor: str
    evidence: str = Field(description="Where the proof lies.")
    in_words: str


class AddressStanding(Frozen):
    """What one address of a lead permits, with the events that say so."""

    channel: str
    to: str = Field(description="Masked.")
    permits: str | None = Field(description="The highest rung that stands; null if nothing does.")
    opted_out: bool
    held: bool = Field(description="A reply may be an opt-out, and a person must read it.")
    in_words: str
    history: list[ConsentLine]


class ReplyLine(Frozen):
    """What the lead wrote back, and what that did."""

    id: UUID
    run_id: UUID | None
    at: datetime
    channel: str
    label: str
    effect: str
    in_words: str
    text: str | None = Field(None, description="For those who answer.")


class RunExplanation(Frozen):
    """How a run stands, and every message of it."""

    run_id: UUID
    kind: RunKind
    lead_id: UUID | None
    client: str
    sequence: str | None
    state: str
    outcome: str | None
    owner: str
    escalation_owner: str
    requested_by: str
    requested_at: datetime
    closed_at: datetime | None
    answer: str = Field(examples=["It ended at 2026-11-21 14:20:00 UTC: the lead replied, and a person answers."])
    next: list[Step]
    messages: list[MessageExplanation]
    addresses: list[AddressStanding]
    replies: list[ReplyLine]
    tasks: list[TaskOnList]


class RunInShort(Frozen):
    """One run of a lead, with a sentence for each of its messages."""

    run_id: UUID
    sequence: str | None
    state: str
    outcome: str | None
    answer: str
    messages: list[MessageInShort]


class WayIn(Frozen):
    """One event that told of a lead: through which way and account, and what came of it."""

    lead_event_id: UUID
    way: str
    account: str
    state: str
    reasons: list[str]
    received_at: datetime
    answer: Promptness | None = Field(None, description="Of a missed call: whether it was answered promptly.")


class LeadExplanation(Frozen):
    """What became of a lead: where it came from, what it permits, what was written, what it answered, what is next."""

    lead_id: UUID
    client: str
    source: str
    service_type: str
    urgency: str
    region: str | None
    time_zones: list[str]
    disposition: str
    occurred_at: datetime | None
    received_at: datetime
    answer: str
    ways_in: list[WayIn]
    addresses: list[AddressStanding]
    runs: list[RunInShort]
    replies: list[ReplyLine]
    next: list[Step]
    tasks: list[TaskOnList]
