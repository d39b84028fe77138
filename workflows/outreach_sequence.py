"""A lead is enrolled, approved, written to step by step, listened to, and handed to a person; in exactly one named end."""

from collections.abc import Callable

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.enrolling import EnrollingActivities
    from activities.handing_over import HandoffActivities
    from models.failure_classes import FailureClass
    from models.outreach import OutreachOrder, OutreachPlan, PlannedStep, Progress, RunReference, Situation
    from models.sending import NotSent, SendStep
    from models.terms import OutreachOutcome, RunState
    from workflows.options import CRM, ROWS

from workflows.awaiting_approval import ApprovedRun
from workflows.ending import EndingRun
from workflows.undoing import take_back

WORTH_REPEATING = {FailureClass.TRANSIENT, FailureClass.CONFIG}
CHANNEL_IS_DEAD = {FailureClass.BAD_CONTACT, FailureClass.BLOCKED, FailureClass.SUPPRESSED, *WORTH_REPEATING}


@workflow.defn
class OutreachSequence(ApprovedRun, EndingRun):
    """The outreach process. Rows say what is true; this says in which order, and how long we wait."""

    @workflow.init
    def __init__(self, order: OutreachOrder) -> None:
        super().__init__(RunReference(run_id=order.run_id), order.progress.deadlines)
        self._plan = order.progress.plan
        self._taken = order.progress.taken
        self._dead_channels = set(order.progress.dead_channels)

    @workflow.run
    async def run(self, order: OutreachOrder) -> OutreachOutcome:
        """Run the sequence; return its one outcome."""
        return OutreachOutcome(await self._to_its_end(self._course))

    async def _course(self) -> OutreachOutcome:
        plan = await self._prepared()
        self._has_begun = True
        outcome = await self._reach(plan)
        if outcome is OutreachOutcome.REPLIED:
            outcome = await self._hand_over()
        if outcome is OutreachOutcome.ROLLED_BACK:
            await take_back(self._reference)
        return outcome

    async def _reach(self, plan: OutreachPlan) -> OutreachOutcome:
        if self._situation.ended_by:  # between two histories
            return self._situation.ended_by
        if plan.approval_deadline is not None and not await self._approved(plan, plan.approval_deadline):
            return self._situation.ended_by or OutreachOutcome.NOT_APPROVED
        for step in plan.steps[self._taken :]:
            if step.channel not in self._dead_channels:
                await self._take(step, plan)
            if self._situation.ended_by:
                return self._situation.ended_by
            self._taken += 1
            self._deadlines.clear()
        now = await self._look()
        return now.ended_by or now.ended_unanswered

    async def _take(self, step: PlannedStep, plan: OutreachPlan) -> None:
        """Wait until the step is due, send it and listen; once more if delivery failed in a way that may pass."""
        if step.delay:
            at = self._deadline(due := f"step {step.key} is due", step.delay)
            self._says(RunState.AWAITING_REPLY, f"The next step, {step.key}, is due {at:%d %b %H:%M} UTC.")
            if await self._until(self._ended, step.delay, due):
                return
        failure = await self._send_and_listen(step, 1, plan)
        if failure in WORTH_REPEATING and not self._situation.ended_by:
            self._says(RunState.SENDING, f"Step {step.key} was not delivered. One repeat after {plan.repeat_after}.")
            if not await self._until(self._ended, plan.repeat_after, f"repeat of step {step.key}"):
                failure = await self._send_and_listen(step, 2, plan)
        if failure in CHANNEL_IS_DEAD:
            self._dead_channels.add(step.channel)

    async def _send_and_listen(self, step: PlannedStep, occurrence: int, plan: OutreachPlan) -> FailureClass | None:
        """Send one message and wait for an answer. Returns why it was not delivered, if it was not."""
        order = SendStep(run_id=self._run_id, step=step.key, occurrence=occurrence)
        self._says(RunState.SENDING, f"Sending step {step.key} by {step.channel}.", channel=step.channel)
        result = await self._settled(order, plan)
        if isinstance(result, NotSent):
            await self._look()
            return result.failure
        if not self._situation.ended_by:
            until = self._deadline(reply := f"reply to message {occurrence}", step.response_window)
            said = f"Step {step.key} was sent. Waiting for a reply until {until:%d %b %H:%M} UTC."
            self._says(RunState.AWAITING_REPLY, said)
            heard = lambda now: self._ended(now) or now.failure_of(order) is not None  # noqa: E731
            if not await self._until(heard, step.response_window, reply):
                await self._listen_once_they_are_back(step, heard, reply)
        return self._situation.failure_of(order)

    async def _listen_once_they_are_back(
        self, step: PlannedStep, heard: Callable[[Situation], bool], reply: str
    ) -> None:
        """Give a lead who has said to be away the whole window again, counted from their return."""
        away = self._situation.away_until
        if away is not None and away > workflow.now():
            self._says(RunState.AWAITING_REPLY, f"The lead is away until {away:%d %b %H:%M} UTC. Waiting for a reply.")
            await self._until(heard, away - workflow.now() + step.response_window, f"{reply}, once they are back")

    async def _prepared(self) -> OutreachPlan:
        """Return the plan, which is made once. A run that has one goes on in a fresh history, and looks at the rows."""
        if self._plan is None:
            prepare = EnrollingActivities.prepare
            self._plan = await workflow.execute_local_activity_method(prepare, self._reference, **ROWS)
        else:
            await self._look()
        return self._plan

    def _onward(self) -> OutreachOrder:
        channels = tuple(sorted(self._dead_channels))
        progress = Progress(plan=self._plan, taken=self._taken, dead_channels=channels, deadlines=self._deadlines)
        return OutreachOrder(run_id=self._run_id, progress=progress)

    async def _hand_over(self) -> OutreachOutcome:
        self._says(RunState.HANDING_OVER, "The lead has replied. Handing over to the CRM; a person answers.")
        await workflow.execute_activity_method(HandoffActivities.hand_to_crm, self._reference, **CRM)
        if self._has_news:
            await self._look()
        return OutreachOutcome.ROLLED_BACK if self._situation.rolled_back else OutreachOutcome.REPLIED
