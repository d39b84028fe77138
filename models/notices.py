"""Notices to colleagues. They hold secrets and wording; they never leave the worker's memory unsealed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.terms import RunKind

APPROVAL_NOTICE_STEP = "approval_notice"
"""The step under which the notice to the approver is planned and sent."""


@dataclass(frozen=True, slots=True)
class ApprovalNotice:
    """What the approver must be told. `code` is shown to nobody else."""

    run_id: UUID
    kind: RunKind
    approval_id: UUID
    address: str
    code: str
    sequence_title: str
    client_name: str
    wording: tuple[str, ...]
    decide_by: datetime
