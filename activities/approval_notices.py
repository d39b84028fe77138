"""Telling whoever may decide on exact wording, and telling them again: the text of the notice, and its way out."""

import logging
from collections.abc import Callable

from temporalio.exceptions import ApplicationError

from activities.library import TEMPLATES, split_subject
from activities.messaging import MessagingActivities
from activities.ports import WaitingApprovals
from activities.rendering import render_notice
from models.approval_nudges import Nudge
from models.errors import TryAgain
from models.identity import workflow_id
from models.notices import ApprovalNotice

log = logging.getLogger("worker")
_OPENING = {
    Nudge.NOTICE: ("Approval needed", "This wording waits for your approval."),
    Nudge.REMINDER: ("Still needed: your approval", "This wording still waits for your approval."),
    Nudge.DELEGATION: (
        "Approval handed to you", "This wording waits for an approval that was not given so far; you may now decide too.",
    ),
}  # fmt: skip


class NoticeWriter:
    """Writes notices.

    Args:
        public_base_url: where approvers reach the API and its pages.
        run_url: returns the page of a workflow in the Temporal UI, given its id.
    """

    def __init__(self, public_base_url: str, run_url: Callable[[str], str]) -> None:
        self._public_base_url = public_base_url
        self._run_url = run_url

    def written(self, notice: ApprovalNotice) -> tuple[str, str]:
        """Return subject and body."""
        subject, body = split_subject((TEMPLATES / "staff" / "approval_notice.email.txt").read_text())
        needed, opening = _OPENING[notice.why]
        fields = {
            "needed": needed,
            "opening": opening,
            "title": notice.title,
            "client_name": notice.client_name,
            "decide_by": notice.decide_by.strftime("%A %d %B, %H:%M UTC"),
            "wording": "\n\n".join(notice.wording),
            "link": f"{self._public_base_url}{notice.link}",
            "approval_url": f"{self._public_base_url}/v1/approvals/{notice.approval_id}",
            "run_url": self._run_url(workflow_id(notice.kind, notice.run_id)),
            "code": notice.code,
        }
        return render_notice(subject, fields), render_notice(body, fields)


class ApprovalReminder:
    """Sees to the approvals that wait.

    Args:
        approvals: the rows.
        writer: writes the notices.
        messaging: sends them, through the same ledger as everything.
    """

    def __init__(self, approvals: WaitingApprovals, writer: NoticeWriter, messaging: MessagingActivities) -> None:
        self._approvals = approvals
        self._writer = writer
        self._messaging = messaging

    def sweep(self) -> int:
        """Do what is due, then send what is unsent; return how much was due. Safe to repeat."""
        done = sum(self._approvals.see_to(found, self._writer.written) for found in self._approvals.due())
        for step in self._approvals.unsent():
            try:
                self._messaging.deliver(step, "", 1)
            except (ApplicationError, TryAgain) as error:
                log.warning("a notice did not leave and is tried again", extra={"error": str(error)})
        return done
