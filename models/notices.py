"""Notices to colleagues. They hold secrets and wording; they never leave the worker's memory unsealed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.approval_nudges import Nudge
from models.terms import RunKind

APPROVAL_NOTICE_STEP = "approval_notice"
"""The step under which the notice to the approver is planned and sent."""


@dataclass(frozen=True, slots=True)
class ApprovalNotice:
    """What whoever may decide must be told. `code` and `link` are shown to nobody else."""

    run_id: UUID
    kind: RunKind
    approval_id: UUID
    why: Nudge
    step: str
    """Under which it is planned and sent."""
    address: str
    code: str
    link: str
    """The path of the page that shows the wording, such as `/a/…`."""
    title: str
    client_name: str
    wording: tuple[str, ...]
    decide_by: datetime
