"""The process of a review request with a look at its rows that was not there, as a careless edit might leave it."""

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from models.review_requests.terms import ReviewOutcome
    from models.review_requests.travelling import ReviewOrder, ReviewPlan
    from workflows.review_request import ReviewRequest


@workflow.defn(name="ReviewRequest")
class LooksOnceMore(ReviewRequest):
    @workflow.init
    def __init__(self, order: ReviewOrder) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: ReviewOrder) -> ReviewOutcome:
        return await super().run(order)

    async def _ask(self, plan: ReviewPlan) -> None:
        await self._look()
        await super()._ask(plan)
