"""Telling the people at a client that a report is there: one message each, through the gate like any other."""

from datetime import timedelta

from temporalio import activity

from activities.declared_undos import has_no_undo
from activities.digest_ports import NoticeRows
from activities.rendering import render
from models.digests.notifying import READY, REMINDER, ContactNotice, ReportTemplate, step_of
from models.digests.travelling import NoticeOrder, NoticePlan
from models.enrollment import DraftMessage
from models.identity import content_hash
from models.sending import SendStep

LIFETIME = timedelta(days=3)
"""How long after it became due a notice may still leave: over a weekend, not longer."""


class NoticeActivities:
    """Plans messages about reports.

    Args:
        rows: who is told, and the ledger.
    """

    def __init__(self, rows: NoticeRows) -> None:
        self._rows = rows

    @activity.defn
    @has_no_undo("it enters messages; each declares its undo when it is claimed")
    def plan_report_notices(self, order: NoticeOrder) -> NoticePlan:
        """Enter a message for each person who receives reports; for a reminder, for each who has not read this one.

        Safe to repeat: a message that was entered stays as it is.

        Raises:
            UnusableTemplate: the text is missing or cannot be rendered.
        """
        key = REMINDER if order.is_reminder else READY
        told = self._rows.notices(order.run_id, key, unread_only=order.is_reminder)
        template = self._rows.template(key)
        drafts = [_draft(key, template, position, one) for position, one in enumerate(told)]
        steps = self._rows.plan(order.run_id, key, drafts)
        return NoticePlan(steps=tuple(SendStep(run_id=order.run_id, step=step) for step in steps))


def _draft(key: str, template: ReportTemplate, position: int, told: ContactNotice) -> DraftMessage:
    wording = render(template, told.fields)
    return DraftMessage(
        step=step_of(key, told.contact_id),
        position=position,
        channel=template.channel,
        recipient=told.recipient,
        consent_needed=template.consent_needed,
        immediate=False,
        subject=wording.subject,
        body=wording.body,
        content_hash=content_hash(wording.subject, wording.body),
        approved_hash=template.content_hash,
        lifetime=LIFETIME,
    )
