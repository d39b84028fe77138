"""Temporal Schedules that follow the reports: made, changed and taken away by what the rows say, however often it is done.

Each fires at six in the morning where the client is: no zone changes its clocks then, and what came in during the last
minutes of the period has been taken in. Every firing is a period of its own, so none may be dropped because another is still
under way (overlap: all), and what an outage made the server miss is caught up for a month.
"""

import asyncio
import logging
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleCalendarSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleRange,
    ScheduleSpec,
    ScheduleState,
    ScheduleUpdate,
)
from temporalio.service import RPCError, RPCStatusCode

from models.database.reports.scheduling import PlannedSchedule, Schedules
from models.digests.periods import Cadence
from models.digests.travelling import ClosedPeriod
from workflows.period_close import PeriodClose

log = logging.getLogger("relay")
HOUR = 6
MONDAY = 1
CAUGHT_UP = timedelta(days=30)


class Scheduler:
    """Brings the schedules in line with the reports.

    Args:
        schedules: which reports there are, and which schedule Temporal was last given for each.
        client: a lazy client; an unreachable server is an ordinary state.
        task_queue: where workflows run.
    """

    def __init__(self, schedules: Schedules, client: Client, task_queue: str) -> None:
        self._schedules = schedules
        self._client = client
        self._task_queue = task_queue

    async def align(self) -> int:
        """Make, change or delete every schedule that is not as its report says. Returns how many; safe to repeat.

        Raises:
            RPCError: the workflow server does not answer, or refuses.
        """
        outdated = await asyncio.to_thread(self._schedules.outdated)
        for planned in outdated:
            await self._put(planned) if planned.active else await self._delete(planned)
            await asyncio.to_thread(self._schedules.aligned, planned)
        return len(outdated)

    async def _put(self, planned: PlannedSchedule) -> None:
        wanted = _schedule(planned, self._task_queue)
        try:
            await self._client.create_schedule(planned.schedule_id, wanted)
        except ScheduleAlreadyRunningError:
            handle = self._client.get_schedule_handle(planned.schedule_id)
            await handle.update(lambda _: ScheduleUpdate(wanted))

    async def _delete(self, planned: PlannedSchedule) -> None:
        try:
            await self._client.get_schedule_handle(planned.schedule_id).delete()
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise


def _schedule(planned: PlannedSchedule, task_queue: str) -> Schedule:
    is_weekly = planned.cadence is Cadence.WEEKLY
    calendar = ScheduleCalendarSpec(
        hour=[ScheduleRange(HOUR)],
        day_of_week=[ScheduleRange(MONDAY)] if is_weekly else [ScheduleRange(0, 6)],
        day_of_month=[ScheduleRange(1, 31)] if is_weekly else [ScheduleRange(1)],
    )
    return Schedule(
        action=ScheduleActionStartWorkflow(
            PeriodClose.run,
            ClosedPeriod(report_id=planned.report_id),
            id=f"period_close/{planned.report_id}",
            task_queue=task_queue,
            static_summary=f"A period of a {planned.cadence} report is over",
        ),
        spec=ScheduleSpec(calendars=[calendar], time_zone_name=planned.zone),
        policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.ALLOW_ALL, catchup_window=CAUGHT_UP),
        state=ScheduleState(note="Follows the report's settings; changes made here are overwritten by theirs."),
    )


async def schedule_for_ever(scheduler: Scheduler, every: float) -> None:
    """Align again and again. An unreachable server or database is waited for; any other error is raised."""
    while True:
        try:
            if aligned := await scheduler.align():
                log.info("schedules aligned", extra={"count": aligned})
        except (RPCError, SQLAlchemyError, RuntimeError) as error:  # RuntimeError: a lazy client that cannot connect
            log.warning("schedules not aligned", extra={"error": type(error).__name__})
        await asyncio.sleep(every)
