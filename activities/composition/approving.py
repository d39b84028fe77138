"""How people are asked to approve, and asked again."""

from functools import partial

from sqlalchemy import Engine

from activities.approval_notices import ApprovalReminder, NoticeWriter
from activities.messaging import MessagingActivities
from models.approval_nudges import Patience
from models.connection import key_ring
from models.database.permission.approval_notices import ApprovalNotices
from models.database.permission.approval_watch import ApprovalWatch
from models.settings import Settings
from models.temporal_ui import workflow_url


def approval_notices(settings: Settings) -> ApprovalNotices:
    """Return what is written to approvers."""
    key, links = settings.keys.approval.get_secret_value().encode(), settings.approvals.link
    return ApprovalNotices(key_ring(settings), key, settings.timers.approval_code, links)


def notice_writer(settings: Settings) -> NoticeWriter:
    """Return how it is written."""
    run_url = partial(workflow_url, settings.temporal.ui_url, settings.temporal.namespace)
    return NoticeWriter(settings.public_base_url, run_url)


def approval_reminder(settings: Settings, engine: Engine, messaging: MessagingActivities) -> ApprovalReminder:
    """Return what sees to approvals that nobody decides on."""
    asked = settings.approvals
    patience = Patience(asked.remind_after, asked.delegate_after, asked.escalate_after)
    watch = ApprovalWatch(engine, approval_notices(settings), patience)
    return ApprovalReminder(watch, notice_writer(settings), messaging)
