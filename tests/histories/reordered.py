"""The outreach process with two of its activities in another order, as a careless edit might leave it."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.outreach import OutreachOrder
    from models.terms import OutreachOutcome
    from workflows.outreach_sequence import OutreachSequence


@workflow.defn(name="OutreachSequence")
class ClosesBeforeHandingOver(OutreachSequence):
    @workflow.init
    def __init__(self, order: OutreachOrder) -> None:
        super().__init__(order)
        self._is_closed = False

    @workflow.run
    async def run(self, order: OutreachOrder) -> OutreachOutcome:
        return await super().run(order)

    async def _hand_over(self) -> OutreachOutcome:
        await self._close(OutreachOutcome.REPLIED)
        return await super()._hand_over()

    async def _close(self, outcome: str, why: str = "") -> None:
        if not self._is_closed:
            self._is_closed = True
            await super()._close(outcome, why)
