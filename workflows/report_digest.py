"""A period is over: its sources are read, the digest drafted, reviewed twice, published, told of, and followed until read."""

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.digesting import DigestActivities
    from activities.reading_sources import SourceActivities
    from activities.telling_clients import NoticeActivities
    from models.digests.freshness import Readiness
    from models.digests.travelling import (
        DigestOrder,
        DigestOutcome,
        DigestProgress,
        DigestSituation,
        NoticeOrder,
        PeriodState,
        ReadOrder,
        StagedDraft,
        WorkingDays,
    )
    from models.drafting import DraftOrder
    from models.outreach import RunReference, Situation
    from models.plurals import counted
    from models.sending import Held, SendTerms
    from models.terms import Channel, RunState
    from workflows.options import ROWS, SOURCES

from workflows.delivering import LOOK_AGAIN, DeliveringRun
from workflows.drafting import written
from workflows.ending import EndingRun
from workflows.undoing import take_back

HELD_AT_MOST = timedelta(days=14)
"""How long a digest waits for its sources at the most, a required one that is missing altogether included."""
ESCALATE_AFTER, REVIEWED_WITHIN = timedelta(days=1), timedelta(days=5)
UNREAD_AFTER, GIVEN_UP_AFTER = 5, 3
"""Working days: before the reminder, and after it."""


@workflow.defn
class ReportDigest(DeliveringRun, EndingRun):
    """The digest of one closed period. Rows say what is true; this says in which order, and how long we wait."""

    @workflow.init
    def __init__(self, order: DigestOrder) -> None:
        super().__init__(RunReference(run_id=order.run_id), order.progress.deadlines)
        self._is_reminded = order.progress.is_reminded
        self._digest = DigestSituation()

    @workflow.run
    async def run(self, order: DigestOrder) -> DigestOutcome:
        """Run the digest; return its one outcome."""
        return DigestOutcome(await self._to_its_end(self._course))

    async def _course(self) -> DigestOutcome:
        await self._look()
        self._has_begun = True
        outcome = await self._report()
        if self._situation.rolled_back:
            await take_back(self._reference)
            return DigestOutcome.ROLLED_BACK
        return DigestOutcome.STOPPED if self._ended(self._situation) else outcome

    async def _report(self) -> DigestOutcome:
        if self._digest.state in (PeriodState.CLOSED, PeriodState.HELD):  # else it goes on in a fresh history
            if not await self._sources_suffice():
                return DigestOutcome.HELD_FOR_SOURCES
            await self._draft()
        if self._digest.state is not PeriodState.PUBLISHED and (unpublished := await self._unpublished()):
            return unpublished
        read_by = self._deadline("view", await self._working_days(UNREAD_AFTER))
        if not await self._told(NoticeOrder(run_id=self._run_id)):
            return DigestOutcome.NOBODY_RECEIVES
        if not await self._viewed(read_by - workflow.now(), "view"):
            await self._remind()
            await self._viewed(await self._working_days(GIVEN_UP_AFTER), "view after the reminder")
        return await self._read_or_not()

    async def _sources_suffice(self) -> bool:
        """Read the sources until they are complete enough, at their latest day with what must be said about the rest."""
        latest = self._deadline("sources", HELD_AT_MOST)
        while not self._ended(self._situation):
            order = ReadOrder(run_id=self._run_id, at=workflow.now())
            gate = await workflow.execute_activity_method(SourceActivities.read_sources, order, **SOURCES)
            if gate.readiness in (Readiness.BUILD, Readiness.BUILD_WITH_CAVEATS):
                return True
            if workflow.now() >= latest:
                break
            if gate.readiness is Readiness.HOLD:
                await workflow.execute_local_activity_method(DigestActivities.hold_digest, self._reference, **ROWS)
                said = "A source that this report cannot do without is missing. Its owner was told."
                self._says(RunState.AWAITING_PERSON, said, blocked_by="sources")
            else:
                self._says(
                    RunState.HELD, "Not every source is complete yet. They are read again.", blocked_by="sources"
                )
            await self._news_within(gate.look_again_after, "sources")
        return False

    async def _draft(self) -> None:
        """Have the text written, by a model if there is one, and put before its reviewers."""
        order = ReadOrder(run_id=self._run_id, at=workflow.now())
        ordered: DraftOrder | None = await workflow.execute_activity_method(
            DigestActivities.draft_digest, order, **ROWS
        )
        if (
            ordered is not None
        ):  # None in histories up to 0.4.0, whose drafts went before their reviewers in the same step
            await written(ordered)
            staged = StagedDraft(run_id=self._run_id, draft_id=ordered.draft_id)
            await workflow.execute_local_activity_method(DigestActivities.stage_digest, staged, **ROWS)
        await self._look()

    async def _unpublished(self) -> DigestOutcome | None:
        """Wait for both reviews and publish. Returns how it ends if it is not published, None if it is."""
        while await self._reviewed():
            publish = DigestActivities.publish_digest
            if await workflow.execute_local_activity_method(publish, self._reference, **ROWS):
                await self._look()
                return None
            await self._look()
            if self._digest.approved:  # so it is the wording that may not be shown
                return DigestOutcome.GIVEN_TO_PERSON
        return DigestOutcome.NOT_APPROVED

    async def _reviewed(self) -> bool:
        """Wait for owner approval and privacy review, in either order; tell the escalation owner if nobody decides."""
        said = "Waiting for the owner's approval and the privacy review. The client sees nothing before both."
        self._says(RunState.AWAITING_APPROVAL, said)
        if not await self._until(self._decided, ESCALATE_AFTER, "review"):
            await workflow.execute_local_activity_method(DigestActivities.escalate_digest, self._reference, **ROWS)
            await self._until(self._decided, REVIEWED_WITHIN - ESCALATE_AFTER, "review, escalated")
        return self._digest.approved and not self._ended(self._situation)

    async def _told(self, order: NoticeOrder) -> bool:
        """Tell everybody who is to be told. One who cannot be told now keeps nobody else waiting. Returns whether anybody is."""
        plan = await workflow.execute_local_activity_method(NoticeActivities.plan_report_notices, order, **ROWS)
        waiting = list(plan.steps)
        over = self._seen if order.is_reminder else self._ended
        while waiting and not over(self._situation):
            telling = f"Telling {counted(len(waiting), 'person', 'people')} of the report."
            self._says(RunState.SENDING, telling, channel=Channel.EMAIL)
            results = [(step, await self._send(step, SendTerms())) for step in waiting]
            waiting = [step for step, result in results if isinstance(result, Held)]
            if waiting:
                held = counted(len(waiting), "message is", "messages are")
                said = f"{held} held; every check is made again before anything leaves."
                self._says(RunState.HELD, said, channel=Channel.EMAIL)
                await self._news_within(LOOK_AGAIN, "held messages")
        return bool(plan.steps)

    async def _viewed(self, patience: timedelta, waits_for: str) -> bool:
        self._says(RunState.AWAITING_REPLY, "Published. Waiting until somebody at the client has read it.")
        return await self._until(self._seen, patience, waits_for)

    async def _remind(self) -> None:
        """Have the account manager call, and remind those who have not read it, once."""
        if not self._is_reminded:
            await workflow.execute_local_activity_method(DigestActivities.tell_unread, self._reference, **ROWS)
            await self._told(NoticeOrder(run_id=self._run_id, is_reminder=True))
            self._is_reminded = True

    async def _read_or_not(self) -> DigestOutcome:
        if not self._digest.is_viewed:
            return DigestOutcome.UNREAD
        if self._is_reminded:
            await workflow.execute_local_activity_method(DigestActivities.note_read, self._reference, **ROWS)
        return DigestOutcome.VIEWED

    def _seen(self, now: Situation) -> bool:
        return self._digest.is_viewed or self._ended(now)

    def _decided(self, now: Situation) -> bool:
        return self._digest.is_decided or self._ended(now)

    async def _working_days(self, days: int) -> timedelta:
        order = WorkingDays(at=workflow.now(), zone=self._digest.zone, days=days)
        after = DigestActivities.working_days_after
        return await workflow.execute_local_activity_method(after, order, **ROWS) - order.at

    async def _look_at_record(self) -> None:
        look = DigestActivities.look_at_digest
        self._digest = await workflow.execute_local_activity_method(look, self._reference, **ROWS)

    def _onward(self) -> DigestOrder:
        progress = DigestProgress(deadlines=self._deadlines, is_reminded=self._is_reminded)
        return DigestOrder(run_id=self._run_id, progress=progress)
