"""The eight outputs: what each row of them says. Every row has an owner, a source, a channel, a moment and three sentences.

A row whose `is_recorded` is false stands for a run that has nothing of the kind yet, so that a run is never missing from any of
them; it then says what is said of the run as a whole.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from models.frozen import Frozen

Said = Annotated[str, StringConstraints(min_length=1)]


class OutputView(StrEnum):
    """The outputs by name. The database's view of each is `output_<name>`."""

    DELIVERY_STATUS = "delivery_status"
    REPLY_CAPTURE = "reply_capture"
    OWNER_TASK = "owner_task"
    APPROVAL_STATE = "approval_state"
    PORTAL_UPDATE = "portal_update"
    INCIDENT_NOTE = "incident_note"
    REPORT_DIGEST = "report_digest"
    BOOKED_OUTCOME = "booked_outcome"


class OutputRow(Frozen):
    """What every row says."""

    id: UUID = Field(description="Of the message, reply, task, … ; of the run if it has nothing of the kind.")
    is_recorded: bool = Field(description="False: the run has nothing of the kind yet.")
    client_id: UUID | None
    client: str | None = Field(description="Null for what concerns every client.")
    run_id: UUID | None
    run_kind: str | None
    state: Said
    owner: Said
    source: Said = Field(description="What made it happen: `api`, `workflow`, `twilio`, `ses`, `crm`, …")
    channel: Said = Field(description="`none` for what went through no channel.")
    at: datetime = Field(description="When it last changed.")
    client_safe_status: Said
    follow_up_rule: Said
    recovery_rule: Said


class DeliveryStatus(OutputRow):
    """A message to a contact."""

    step: str | None
    occurrence: int | None
    provider: str | None
    delivery: str | None = Field(description="What the provider said last of how far it got.")
    reason: str | None = Field(description="Why it is held, or will never leave.")
    failure_class: str | None
    planned_at: datetime | None
    accepted_at: datetime | None


class ReplyCapture(OutputRow):
    """A reply by its label; what was written is read at `/v1/inbox/{inbox_id}`."""

    ends_automation: bool | None
    inbox_id: UUID | None
    lead_id: UUID | None


class OwnerTaskLine(OutputRow):
    """Something only a person can decide."""

    task_kind: str | None
    instruction: str | None
    opened_at: datetime | None
    due_at: datetime | None
    closed_at: datetime | None
    closed_by: str | None


class ApprovalStateLine(OutputRow):
    """A request to approve exact wording."""

    subject: str | None
    subject_id: UUID | None
    review: str | None
    risk: str | None
    content_hash: str | None
    requested_by: str | None
    decided_by: str | None
    requested_at: datetime | None
    expires_at: datetime | None


class PortalUpdate(OutputRow):
    """A post of the portal. Its title is that which clients see."""

    kind: str | None
    thread: str | None
    number: int | None
    version: int | None
    published_version: int | None
    title: str | None
    as_of: datetime | None
    published_at: datetime | None
    withdrawn_at: datetime | None
    seen: str | None = Field(description="How surely anybody has seen it, a `ViewLevel`.")


class IncidentNote(OutputRow):
    """One update of an incident, as one client was told of it."""

    incident_id: UUID | None
    number: int | None
    kind: str | None
    severity: str | None
    incident_state: str | None
    reason: str | None = Field(description="What clients are told instead of the cause.")
    post_id: UUID | None
    title: str | None
    next_update_at: datetime | None
    published_at: datetime | None
    messages: int | None


class ReportDigestLine(OutputRow):
    """The digest of one closed period."""

    report_id: UUID | None
    project: str | None
    cadence: str | None
    starts: date | None
    ends: date | None
    post_id: UUID | None
    published_at: datetime | None
    seen: str | None


class BookedOutcome(OutputRow):
    """What became of the lead of a run."""

    lead_id: UUID | None
    lead_source: str | None
    disposition: str | None
    lost_reason: str | None
    became_so_at: datetime | None = Field(description="By whoever says it.")
    evidence_kind: str | None
    basis: str | None = Field(description="Of the value: quoted, invoiced or paid.")
    currency: str | None
    amount_minor: int | None = Field(description="In the minor unit of the currency.")
    counts: bool = Field(description="Whether its value is to be summed: once per booking.")
    handoff: str | None
    deal_id: str | None
    handed_over_at: datetime | None


ROWS: dict[OutputView, type[OutputRow]] = {
    OutputView.DELIVERY_STATUS: DeliveryStatus,
    OutputView.REPLY_CAPTURE: ReplyCapture,
    OutputView.OWNER_TASK: OwnerTaskLine,
    OutputView.APPROVAL_STATE: ApprovalStateLine,
    OutputView.PORTAL_UPDATE: PortalUpdate,
    OutputView.INCIDENT_NOTE: IncidentNote,
    OutputView.REPORT_DIGEST: ReportDigestLine,
    OutputView.BOOKED_OUTCOME: BookedOutcome,
}
