"""Waiting for a person's decision on the wording of a run; whoever is responsible hears if nobody decides."""

from abc import ABC
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.enrolling import EnrollingActivities
    from activities.messaging import MessagingActivities
    from activities.running import RunActivities
    from models.outreach import ApprovalTerms, Situation
    from models.sending import SendTerms
    from models.terms import RunState
    from workflows.options import ROWS, sending

from workflows.delivering import DeliveringRun


class ApprovedRun(DeliveringRun, ABC):
    """A run whose wording a person approves before anything is sent."""

    async def _approved(self, terms: ApprovalTerms, deadline: timedelta) -> bool:
        """Wait for a decision on the wording; tell the escalation owner if nobody decides."""
        if self._situation.is_decided:
            return True
        self._says(RunState.AWAITING_APPROVAL, "Waiting for approval of the wording. Nothing is sent before it.")
        if terms.notify_approver:
            await self._notify_approver(terms)
        patience = min(terms.escalate_approval_after, deadline)
        if not await self._until(self._decided, patience, "approval") and patience < deadline:
            await workflow.execute_local_activity_method(RunActivities.escalate_approval, self._reference, **ROWS)
            await self._until(self._decided, deadline - patience, "approval, escalated")
        return self._decided(self._situation) and not self._ended(self._situation)

    async def _notify_approver(self, terms: SendTerms) -> None:
        notice = await workflow.execute_local_activity_method(
            EnrollingActivities.write_approval_notice, self._reference, **ROWS
        )
        # Not awaited: a mail provider that is down must not keep the run from hearing an approval given elsewhere.
        options = sending(terms.send_timeout, terms.retry_interval)
        workflow.start_activity_method(MessagingActivities.send, notice, summary="notice to the approver", **options)

    def _decided(self, now: Situation) -> bool:
        return now.is_decided or self._ended(now)
