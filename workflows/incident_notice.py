"""A client is told of an incident, hears by every promised time, and has a summary once what was held is let go again."""

from datetime import datetime, timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from activities.incidents import IncidentActivities
    from models.drafting import DraftOrder
    from models.incidents.steering import Act, IncidentSituation, Next, what_next
    from models.incidents.travelling import Chase, DraftedNotice, IncidentOrder, IncidentOutcome, NoticeOrder
    from models.outreach import RunReference
    from models.sending import Held, SendStep, SendTerms
    from models.terms import IN_DOUBT, MessageState, RunState
    from workflows.options import ROWS

from workflows.delivering import LOOK_AGAIN, DeliveringRun
from workflows.drafting import written
from workflows.ending import EndingRun
from workflows.undoing import take_back

MOMENT = timedelta(seconds=1)
ONE_NUMBER = {
    Act.WRITE: IncidentActivities.write_notices,
    Act.PUBLISH: IncidentActivities.publish_notice,
}
OF_THE_RUN = {
    Act.ASK_TO_RESUME: IncidentActivities.ask_to_resume,
    Act.RESUME: IncidentActivities.resume_incident,
}


@workflow.defn
class IncidentNotice(DeliveringRun, EndingRun):
    """One incident, one client. The rows and the clock say what is next, see `models.incidents.steering`."""

    @workflow.init
    def __init__(self, order: IncidentOrder) -> None:
        super().__init__(RunReference(run_id=order.run_id), {})
        self._incident = IncidentSituation()
        self._terms = SendTerms()

    @workflow.run
    async def run(self, order: IncidentOrder) -> IncidentOutcome:
        """Accompany the incident; return the run's one outcome."""
        return IncidentOutcome(await self._to_its_end(self._course))

    async def _course(self) -> IncidentOutcome:
        await self._look()
        self._has_begun = True
        while (outcome := self._outcome(what := self._next())) is None:
            if what.act is Act.WAIT:
                await self._wait(what, await self._deliver())
            else:
                await self._do(what.act)
                await self._look()
        if outcome is IncidentOutcome.ROLLED_BACK:
            await take_back(self._reference)
        return outcome

    def _next(self) -> Next:
        is_sending = any(
            news.state is MessageState.READY or news.state in IN_DOUBT for news in self._situation.messages
        )
        is_paused = self._situation.paused_by is not None
        return what_next(self._incident, workflow.now(), is_paused=is_paused, is_sending=is_sending)

    def _outcome(self, what: Next) -> IncidentOutcome | None:
        if self._situation.rolled_back:
            return IncidentOutcome.ROLLED_BACK
        if self._situation.stopped:
            return IncidentOutcome.STOPPED
        return {Act.CLOSE: IncidentOutcome.SUMMARISED, Act.GIVE_UP: IncidentOutcome.GIVEN_TO_PERSON}.get(what.act)

    async def _do(self, act: Act) -> None:
        """Do one thing with the rows; what it changed is read afterwards."""
        newest, promised = self._incident.newest, self._incident.promised
        if act is Act.COMPOSE and newest is not None:
            await self._compose(NoticeOrder(run_id=self._run_id, number=newest.number))
        elif act in ONE_NUMBER and newest is not None:
            order = NoticeOrder(run_id=self._run_id, number=newest.number)
            await workflow.execute_local_activity_method(ONE_NUMBER[act], order, **ROWS)
        elif act in OF_THE_RUN:
            await workflow.execute_local_activity_method(OF_THE_RUN[act], self._reference, **ROWS)
        elif promised is not None:
            chase = Chase(run_id=self._run_id, promised=promised, has_passed=act is Act.ESCALATE)
            await workflow.execute_local_activity_method(IncidentActivities.chase_update, chase, **ROWS)

    async def _compose(self, order: NoticeOrder) -> None:
        """Have what the portal shows written, by a model if there is one, and put before its reviewers."""
        ordered: DraftOrder | None = await workflow.execute_local_activity_method(
            IncidentActivities.compose_notice, order, **ROWS
        )
        if (
            ordered is not None
        ):  # None in histories up to 0.4.0, whose notices went before their reviewers in the same step
            await written(ordered)
            drafted = DraftedNotice(run_id=order.run_id, number=order.number, draft_id=ordered.draft_id)
            await workflow.execute_local_activity_method(IncidentActivities.stage_notice, drafted, **ROWS)

    async def _deliver(self) -> list[datetime]:
        """Ask for every message that has not left; return when those that are held may be asked for again."""
        again: list[datetime] = []
        for news in self._situation.messages:
            if news.state is MessageState.READY and not self._ended(self._situation):
                order = SendStep(run_id=self._run_id, step=news.step, occurrence=news.occurrence)
                result = await self._send(order, self._terms)
                again += [result.until or workflow.now() + LOOK_AGAIN] if isinstance(result, Held) else []
                self._has_news = self._has_news or not isinstance(result, Held)
        return again

    async def _wait(self, what: Next, asked_again: list[datetime]) -> None:
        """Wait for news, at most until the clock has something to say."""
        if self._has_news or self._ended(self._situation):
            await self._look()
            return
        until = min([*asked_again, *([what.until] if what.until else [])], default=workflow.now() + LOOK_AGAIN)
        self._says(
            RunState.AWAITING_APPROVAL if self._incident.awaits_approval else RunState.AWAITING_PERSON,
            self._incident.in_words,
        )
        await self._news_within(max(until - workflow.now(), MOMENT), "news of the incident")

    async def _look_at_record(self) -> None:
        self._incident = await workflow.execute_local_activity_method(
            IncidentActivities.look_at_incident, self._reference, **ROWS
        )

    def _onward(self) -> IncidentOrder:
        return IncidentOrder(run_id=self._run_id)
