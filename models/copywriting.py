"""What a sequence is made of, as its authors write it and its approvers read it."""

import hashlib
from datetime import timedelta

from models.frozen import Frozen
from models.terms import ApprovalPolicy, Channel, ConsentKind, RunKind


class TemplateVersion(Frozen):
    """One version of one text. A stored version never changes; an edit is a new version and needs a new approval."""

    key: str
    version: int
    channel: Channel
    consent_needed: ConsentKind
    subject: str = ""
    body: str

    @property
    def content_hash(self) -> str:
        """What an approver approves: channel, rung of consent, subject and body (sha256, hex)."""
        parts = (self.channel, str(int(self.consent_needed)), self.subject, self.body)
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


class SequenceStep(Frozen):
    """One step: wait `delay` after the step before, send, then listen for `response_window`."""

    key: str
    channel: Channel
    template: str
    version: int
    delay: timedelta = timedelta(0)
    response_window: timedelta = timedelta(days=1)
    lifetime: timedelta = timedelta(days=3)
    """How long after it became due the message may still leave; later it is stale. Long enough to outlive a night."""


class SequenceVersion(Frozen):
    """One version of an ordered set of steps for one purpose."""

    key: str
    version: int
    title: str
    approval: ApprovalPolicy
    owner: str
    escalation_owner: str
    approver: str
    kind: RunKind = RunKind.OUTREACH
    """Which process sends it."""
    delegate: str | None = None
    """May approve too once the approver has let it lie for a while, and is then told."""
    purpose: str = ""
    """A contact is in one open run for a purpose at a time. Sequences may share one; empty: the sequence's own key."""
    immediate: bool = False
    follow_up_rule: str = ""
    approval_deadline: timedelta = timedelta(hours=24)
    escalate_approval_after: timedelta = timedelta(hours=4)
    repeat_after: timedelta = timedelta(hours=1)
    """Wait before the one repeat of a message whose delivery failed in a way that may pass."""
    steps: tuple[SequenceStep, ...]

    @property
    def enrolled_for(self) -> str:
        """The purpose for which its runs enroll a contact."""
        return self.purpose or self.key
