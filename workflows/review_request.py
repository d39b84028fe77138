"""A finished job: its customer is asked once for a review, reminded once, and what comes of it is observed.

Everybody is asked alike. Nothing here knows a rating, and no answer decides who gets to see the link.
"""

from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.asking_for_reviews import ReviewActivities
    from models.outreach import RunReference, Situation
    from models.review_requests.ending import did_not_reach, ended_by, ended_unanswered, was_sent, why_not
    from models.review_requests.matching import MatchConfidence
    from models.review_requests.planning import MOST_MESSAGES, Part, part_of
    from models.review_requests.sentences import standing
    from models.review_requests.terms import ReviewOutcome
    from models.review_requests.travelling import (
        JobNews,
        NotAskedBecause,
        PlannedAsk,
        ReviewOrder,
        ReviewPlan,
        ReviewProgress,
        Turn,
    )
    from models.sending import SendResult, SendStep, SendTerms
    from models.terms import RunState
    from workflows.options import ROWS

from workflows.awaiting_approval import ApprovedRun
from workflows.ending import EndingRun
from workflows.undoing import take_back

SETTLED_SOON = timedelta(hours=6)
"""A request that waits for a complaint looks again after this time, even if nobody tells it that it was settled."""
AT_LEAST = timedelta(seconds=0.1)


@workflow.defn
class ReviewRequest(ApprovedRun, EndingRun):
    """The process of one review request. Rows say what is true; this says in which order, and how long we wait."""

    @workflow.init
    def __init__(self, order: ReviewOrder) -> None:
        super().__init__(RunReference(run_id=order.run_id), order.progress.deadlines)
        self._plan = order.progress.plan
        self._job = JobNews()
        self._thanks_now = False

    @workflow.run
    async def run(self, order: ReviewOrder) -> ReviewOutcome:
        """Ask, remind once, observe; return the one outcome."""
        return ReviewOutcome(await self._to_its_end(self._course))

    async def _course(self) -> ReviewOutcome:
        plan = await self._prepared()
        if plan.approval_deadline is None or await self._approved(plan, plan.approval_deadline):
            await self._ask(plan)
            await self._observe(plan)
            await self._thank(plan)
        outcome = ended_by(self._situation, self._job) or ended_unanswered(self._situation)
        if outcome is ReviewOutcome.ROLLED_BACK:
            await take_back(self._reference)
        if outcome in (ReviewOutcome.SUPPRESSED, ReviewOutcome.FAILED):
            because = NotAskedBecause(run_id=self._run_id, reason=why_not(self._situation))
            await workflow.execute_local_activity_method(ReviewActivities.note_not_asked, because, **ROWS)
        return outcome

    async def _prepared(self) -> ReviewPlan:
        """Return the plan, which is made once, for a customer who may be asked. Nobody else gets one."""
        await self._look()
        self._has_begun = True
        if self._plan is None:
            turn = await self._turn()
            if turn is None:
                return ReviewPlan()
            plan = ReviewActivities.plan_request
            self._plan = await workflow.execute_local_activity_method(plan, self._reference, **ROWS)
            await self._look()
        return self._plan

    async def _ask(self, plan: ReviewPlan) -> None:
        """Ask once and remind once; through the other channel at once, if the first is known to reach nobody."""
        ask, reminder = plan.ask, plan.reminder
        if ask is None:
            return
        await self._deliver(ask, plan)
        if reminder is None or self._ended(self._situation):
            return
        self._watch()
        waited_enough: Callable[[Situation], bool] = lambda now: self._ended(now) or did_not_reach(now, ask.key)  # noqa: E731
        await self._until(waited_enough, reminder.delay, "the reminder is due")
        other_way = did_not_reach(self._situation, ask.key) and reminder.channel is not ask.channel
        if was_sent(self._situation, ask.key) or other_way:
            await self._without_complaint(plan.observed_for)
            await self._deliver(reminder, plan)

    async def _observe(self, plan: ReviewPlan) -> None:
        """Wait for a review, an answer, or the end of the time in which a review would count."""
        if self._job.sent and not self._ended(self._situation):
            self._watch()
            await self._until(self._ended, plan.observed_for, "a review")

    async def _thank(self, plan: ReviewPlan) -> None:
        """Thank for a review that is surely theirs, whatever it says, if the client wants that and the job has room."""
        reviewed = ended_by(self._situation, self._job) is ReviewOutcome.REVIEWED
        is_sure = self._job.reviewed is MatchConfidence.HIGH
        if plan.thanks is not None and reviewed and is_sure and self._job.sent < MOST_MESSAGES:
            self._thanks_now = True
            await self._deliver(plan.thanks, plan)

    async def _deliver(self, message: PlannedAsk, plan: ReviewPlan) -> None:
        """Send one message, unless something has ended the request; keep why if it will never leave."""
        if (
            self._ended(self._situation)
            or self._job.sent >= MOST_MESSAGES
            and not was_sent(self._situation, message.key)
        ):
            return
        said = f"Sending the {part_of(message.key)} by {message.channel}."
        self._says(RunState.SENDING, said, channel=message.channel)
        await self._settled(SendStep(run_id=self._run_id, step=message.key), plan)
        await self._look()

    async def _send(self, order: SendStep, terms: SendTerms) -> SendResult | None:
        """Ask for one message, on the customer's own day: what something has held may have to wait for another one."""
        while part_of(order.step) is Part.ASK and not was_sent(self._situation, order.step):
            turn = await self._turn()
            if turn is None:
                return None
            if turn.may_ask or turn.ask_from is None:
                break
            self._says(RunState.SCHEDULED, f"Their turn is {turn.ask_from:%d %b %H:%M} UTC.")
            await self._news_within(max(turn.ask_from - workflow.now(), AT_LEAST), "their turn")
        if part_of(order.step) is Part.REMINDER and workflow.patched("paced-reminders"):
            await self._turn_to_remind(order)
        return await super()._send(order, terms)

    async def _turn_to_remind(self, order: SendStep) -> None:
        """Wait for a day on which the location has room for a reminder, unless it has left already."""
        while not (self._ended(self._situation) or was_sent(self._situation, order.step)):
            take = ReviewActivities.take_turn_to_remind
            turn = await workflow.execute_local_activity_method(take, self._reference, **ROWS)
            if turn.may_ask or turn.ask_from is None:
                return
            self._says(RunState.SCHEDULED, f"The reminder's turn is {turn.ask_from:%d %b %H:%M} UTC.")
            await self._news_within(max(turn.ask_from - workflow.now(), AT_LEAST), "the reminder's turn")

    async def _turn(self) -> Turn | None:
        """Have the customer's turn judged anew, once no complaint stands in the way. Returns None if they are not asked."""
        while not self._ended(self._situation):
            take = ReviewActivities.take_turn
            turn = await workflow.execute_local_activity_method(take, self._reference, **ROWS)
            if turn.not_asked is not None:
                await self._look()
            elif turn.waits_for_complaint:
                said = "A complaint of this customer is open. They are asked once it is settled, whatever comes of it."
                self._says(RunState.HELD, said, blocked_by="complaint")
                await self._news_within(SETTLED_SOON, "the complaint is settled")
            else:
                return turn
        return None

    async def _without_complaint(self, patience: timedelta) -> None:
        """Wait while a complaint is open: nobody is reminded meanwhile."""
        if self._job.complaint_open and not self._ended(self._situation):
            self._says(RunState.HELD, "A complaint of this customer is open. No reminder meanwhile.", "complaint")
            settled = lambda now: self._ended(now) or not self._job.complaint_open  # noqa: E731
            await self._until(settled, patience, "the complaint is settled")

    def _watch(self) -> None:
        self._says(RunState.AWAITING_REPLY, standing(self._job))

    async def _look_at_record(self) -> None:
        before, look = self._job, ReviewActivities.look_at_job
        self._job = await workflow.execute_local_activity_method(look, self._reference, **ROWS)
        if self._saying is not None and self._saying.sentence == standing(before) != standing(self._job):
            self._watch()

    def _ended(self, now: Situation) -> bool:
        outcome = ended_by(now, self._job)
        return outcome is not None and not (self._thanks_now and outcome is ReviewOutcome.REVIEWED)

    def _onward(self) -> ReviewOrder:
        progress = ReviewProgress(plan=self._plan, deadlines=self._deadlines)
        return ReviewOrder(run_id=self._run_id, progress=progress)
