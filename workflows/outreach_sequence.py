"""A lead is enrolled, approved, written to step by step, listened to, and handed to a person; in exactly one named end."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.enrolling import EnrollingActivities
    from activities.handing_over import HandoffActivities
    from activities.messaging import MessagingActivities
    from activities.running import RunActivities
    from models.failure_classes import FailureClass
    from models.outreach import Closing, OutreachOrder, OutreachPlan, PlannedStep, Progress, RunReference, Situation
    from models.reasons import WHY_HELD
    from models.sending import Held, InDoubt, NotSent, SendResult, SendStep
    from models.terms import OutreachOutcome, RunState
    from workflows.options import CRM, ROWS, sending

from workflows.continuing import LongRun
from workflows.undoing import take_back

LOOK_AGAIN = timedelta(hours=1)
"""A held message is asked for again after this time even if no nudge arrives."""
WORTH_REPEATING = {FailureClass.TRANSIENT, FailureClass.CONFIG}
CHANNEL_IS_DEAD = {FailureClass.BAD_CONTACT, FailureClass.BLOCKED, FailureClass.SUPPRESSED, *WORTH_REPEATING}


@workflow.defn
class OutreachSequence(LongRun):
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
        why = ""
        try:
            plan = await self._prepared()
            self._has_begun = True
            outcome = await self._reach(plan)
            if outcome is OutreachOutcome.REPLIED:
                outcome = await self._hand_over()
            if outcome is OutreachOutcome.ROLLED_BACK:
                await take_back(self._reference)
        except (FailureError, asyncio.CancelledError) as error:
            if is_cancelled_exception(error):
                await self._close(OutreachOutcome.STOPPED)
                raise
            outcome, why = OutreachOutcome.GIVEN_TO_PERSON, _reason(error)
        try:
            await self._close(outcome, why)
        except (FailureError, asyncio.CancelledError):  # a cancel that comes so late changes nothing any more
            await self._close(outcome, why)
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

    async def _approved(self, plan: OutreachPlan, deadline: timedelta) -> bool:
        """Wait for a decision on the wording; tell the escalation owner if nobody decides."""
        if self._situation.is_decided:
            return True
        self._says(RunState.AWAITING_APPROVAL, "Waiting for approval of the wording. Nothing is sent before it.")
        if plan.notify_approver:
            await self._notify_approver(plan)
        patience = min(plan.escalate_approval_after, deadline)
        if not await self._until(_decided, patience, "approval") and patience < deadline:
            await workflow.execute_local_activity_method(RunActivities.escalate_approval, self._reference, **ROWS)
            await self._until(_decided, deadline - patience, "approval, escalated")
        return _decided(self._situation) and self._situation.ended_by is None

    async def _take(self, step: PlannedStep, plan: OutreachPlan) -> None:
        """Wait until the step is due, send it and listen; once more if delivery failed in a way that may pass."""
        if step.delay:
            at = self._deadline(due := f"step {step.key} is due", step.delay)
            self._says(RunState.AWAITING_REPLY, f"The next step, {step.key}, is due {at:%d %b %H:%M} UTC.")
            if await self._until(_ended, step.delay, due):
                return
        failure = await self._send_and_listen(step, 1, plan)
        if failure in WORTH_REPEATING and not self._situation.ended_by:
            self._says(RunState.SENDING, f"Step {step.key} was not delivered. One repeat after {plan.repeat_after}.")
            if not await self._until(_ended, plan.repeat_after, f"repeat of step {step.key}"):
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
            heard = lambda now: _ended(now) or now.failure_of(order) is not None  # noqa: E731
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

    async def _settled(self, order: SendStep, plan: OutreachPlan) -> SendResult | None:
        """Ask for one message until it was sent, will never be, the run has ended, or a person takes too long."""
        result = await self._send(order, plan)
        while isinstance(result, Held | InDoubt) and not self._situation.ended_by:
            if isinstance(result, Held):
                self._says(RunState.HELD, _held(order, result), blocked_by=result.reason)
                wait = max(result.until - workflow.now(), timedelta(seconds=1)) if result.until else LOOK_AGAIN
                await self._news_within(wait, f"held: {result.reason}")
            else:
                self._says(RunState.AWAITING_PERSON, f"Step {order.step} may or may not have left. {LOOKED_UP}")
                await self._look()
                known = lambda now: _ended(now) or now.is_settled(order)  # noqa: E731
                evidence = f"evidence of message {order.occurrence}"
                if not await self._until(known, plan.patience_with_person, evidence):
                    return result
            if not self._situation.ended_by:
                result = await self._send(order, plan)
        return result

    async def _send(self, order: SendStep, plan: OutreachPlan) -> SendResult | None:
        """Ask once. News that comes meanwhile is read at once: what ends the run does not wait for a slow provider."""
        options = sending(plan.send_timeout, plan.retry_interval)
        call = workflow.start_activity_method(MessagingActivities.send, order, summary=order.step, **options)
        looked = False
        while True:
            await workflow.wait_condition(lambda: call.done() or self._has_news)
            if call.done():
                self._has_news = self._has_news or looked  # what was read may be older than the result
                return await call
            await self._look()
            looked = True
            if self._situation.ended_by:
                call.cancel()  # of the retries: a call that is under way goes on, and the ledger hears of it
                return None

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

    async def _notify_approver(self, plan: OutreachPlan) -> None:
        notice = await workflow.execute_local_activity_method(
            EnrollingActivities.write_approval_notice, self._reference, **ROWS
        )
        # Not awaited: a mail provider that is down must not keep the run from hearing an approval given elsewhere.
        options = sending(plan.send_timeout, plan.retry_interval)
        workflow.start_activity_method(MessagingActivities.send, notice, summary="notice to the approver", **options)

    async def _hand_over(self) -> OutreachOutcome:
        self._says(RunState.HANDING_OVER, "The lead has replied. Handing over to the CRM; a person answers.")
        await workflow.execute_activity_method(HandoffActivities.hand_to_crm, self._reference, **CRM)
        if self._has_news:
            await self._look()
        return OutreachOutcome.ROLLED_BACK if self._situation.rolled_back else OutreachOutcome.REPLIED

    async def _close(self, outcome: OutreachOutcome, why: str = "") -> None:
        self._says(RunState.CLOSED, f"Ended: {outcome.replace('_', ' ')}. {why}".rstrip())
        closing = Closing(run_id=self._run_id, outcome=outcome, why=why)
        await workflow.execute_local_activity_method(RunActivities.close, closing, **ROWS)
        while self._typed:  # typed too late to change anything, but never without a trace
            await self._look()


LOOKED_UP = "The provider is being asked; if that does not tell, a person decides. It is never sent again blindly."


def _reason(error: BaseException) -> str:
    """Return what an activity says about why it cannot be done; its errors hold codes and ids only."""
    cause = error.cause if isinstance(error, ActivityError) else error
    return cause.message if isinstance(cause, ApplicationError) else type(cause).__name__


def _ended(now: Situation) -> bool:
    return now.ended_by is not None


def _decided(now: Situation) -> bool:
    return now.is_decided or _ended(now)


def _held(order: SendStep, held: Held) -> str:
    when = f"until {held.until:%d %b %H:%M} UTC" if held.until else "until that has changed"
    return f"Step {order.step} is held {when}: {WHY_HELD[held.reason]}. Every check is made again before it leaves."
