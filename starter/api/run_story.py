"""One run as a person reads it: how it stands, what happened, why, and what is still to be done."""

from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import RowMapping
from sqlmodel import Session

from models.addresses import masked
from models.database import timeline
from models.database.tables.ledger import Message
from models.database.tables.records import Event
from models.identity import workflow_id
from models.settings import Settings
from models.terms import RunKind, RunState
from starter.api.links import RunLinks, links_of_run
from starter.api.task_lines import TaskLine, task_line
from starter.callers import READ_REPLIES, Caller
from starter.words import happened, stands


class Check(BaseModel):
    """One question of the gate at the newest attempt to send."""

    rule: str
    passed: bool
    saw: str


class MessageLine(BaseModel):
    """One message of the run. `in_words` says how it stands."""

    id: UUID
    step: str
    occurrence: int
    channel: str
    to: str = Field(description="Masked.", examples=["+1•••••••23"])
    state: str
    in_words: str
    reason: str | None
    delivery: str | None
    failure_class: str | None
    expires_at: datetime | None
    accepted_at: datetime | None
    provider_message_id: str | None
    gate: list[Check]


class ApprovalLine(BaseModel):
    """The approval that the wording of this run needs."""

    id: UUID
    state: str = Field(description="`waiting`, `expired`, or the newest decision.")
    approver: str
    requested_by: str
    expires_at: datetime | None
    decided_by: str | None
    decided_through: str | None
    decided_at: datetime | None
    link: str


class ReplyLine(BaseModel):
    """What the lead wrote back. `text` is shown to those who answer."""

    at: datetime
    channel: str
    label: str
    text: str | None


class Happening(BaseModel):
    """One line of the log."""

    at: datetime
    kind: str
    in_words: str
    source: str
    actor: str
    owner: str
    channel: str | None
    message_id: UUID | None
    client_safe_status: str
    follow_up_rule: str
    recovery_rule: str
    facts: dict[str, Any]


class RunStory(BaseModel):
    """A run and everything that happened to it."""

    id: UUID
    workflow_id: str
    client: str
    sequence: str | None
    sequence_version: int | None
    sequence_title: str | None
    follow_up_rule: str | None
    state: RunState
    outcome: str | None
    owner: str
    escalation_owner: str
    requested_by: str
    rollback_path: str
    requested_at: datetime
    started_at: datetime | None
    closed_at: datetime | None
    lead_id: UUID | None
    lead_source: str | None
    service_type: str | None
    disposition: str | None
    approval: ApprovalLine | None
    messages: list[MessageLine]
    replies: list[ReplyLine]
    timeline: list[Happening]
    open_tasks: list[TaskLine]
    links: RunLinks


def story_of(session: Session, found: RowMapping, settings: Settings, caller: Caller) -> RunStory:
    """Return the story of a run, read in the caller's transaction."""
    run_id = found["id"]
    approval = timeline.approval_of(session, run_id)
    shows_replies = bool(caller.roles & READ_REPLIES)
    own = {name: found[name] for name in RunStory.model_fields if name in found}
    return RunStory(
        **own,
        workflow_id=workflow_id(RunKind(found["kind"]), run_id),
        approval=_approval(approval) if approval else None,
        messages=[_message(message) for message in timeline.messages_of(session, run_id)],
        replies=[_reply(row, shows_replies) for row in timeline.replies_to(session, run_id)],
        timeline=[_happening(event) for event in timeline.events_of(session, found)],
        open_tasks=[task_line(task) for task in timeline.open_tasks_of(session, run_id)],
        links=links_of_run(settings, RunKind(found["kind"]), run_id),
    )


def _approval(row: RowMapping) -> ApprovalLine:
    own = {name: row[name] for name in ApprovalLine.model_fields if name in row}
    return ApprovalLine(**own, link=f"/v1/approvals/{row['id']}")


def _message(message: Message) -> MessageLine:
    own = message.model_dump(include=set(MessageLine.model_fields) - {"to", "in_words"})
    return MessageLine(**own, to=masked(message.address), in_words=stands(message.model_dump()))


def _reply(row: RowMapping, shown: bool) -> ReplyLine:
    return ReplyLine(at=row["at"], channel=row["channel"], label=row["label"], text=row["body"] if shown else None)


def _happening(event: Event) -> Happening:
    own = event.model_dump(include=set(Happening.model_fields) - {"in_words"})
    return Happening(**own, in_words=happened(event.kind, event.reason))
