"""A text is tried out: sent once to whoever asked for it, through the gate and the ledger like everything, and that is all."""

import asyncio
import contextlib
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.messaging import MessagingActivities
    from models.outreach import RunReference
    from models.reasons import WHY_HELD
    from models.sending import Held, InDoubt, SendResult, SendStep, SendTerms, Sent
    from models.template_tests import STEP, TemplateTestOutcome
    from models.terms import RunState
    from workflows.options import sending

from workflows.ending import EndingRun
from workflows.undoing import take_back

LOOK_AGAIN = timedelta(minutes=1)
"""A test that is held is asked for again after this time, until it is stale."""
USUAL = SendTerms()


@workflow.defn
class TemplateTest(EndingRun):
    """Sends one message to a colleague. Nothing waits for an answer, and nothing is repeated."""

    @workflow.init
    def __init__(self, reference: RunReference) -> None:
        super().__init__(reference)

    @workflow.run
    async def run(self, reference: RunReference) -> TemplateTestOutcome:
        """Send the test; return its one outcome."""
        return TemplateTestOutcome(await self._to_its_end(self._course))

    async def _course(self) -> TemplateTestOutcome:
        self._has_begun = True
        self._says(RunState.SENDING, "Sending the test to whoever asked for it.")
        while not (ended := self._situation.ended_by):
            result = await self._send()
            if not isinstance(result, Held):
                return _outcome(result)
            self._says(RunState.HELD, f"The test is held: {WHY_HELD[result.reason]}.", blocked_by=result.reason)
            with contextlib.suppress(asyncio.TimeoutError):
                await workflow.wait_condition(lambda: self._has_news, timeout=LOOK_AGAIN, timeout_summary="held")
            await self._look()
        if self._situation.rolled_back:
            await take_back(self._reference)
        return TemplateTestOutcome(ended)

    async def _send(self) -> SendResult:
        order = SendStep(run_id=self._run_id, step=STEP)
        options = sending(USUAL.send_timeout, USUAL.retry_interval)
        return await workflow.execute_activity_method(MessagingActivities.send, order, summary=STEP, **options)


def _outcome(result: SendResult) -> TemplateTestOutcome:
    match result:
        case Sent():
            return TemplateTestOutcome.SENT
        case InDoubt():
            return TemplateTestOutcome.IN_DOUBT
        case _:
            return TemplateTestOutcome.NOT_SENT
