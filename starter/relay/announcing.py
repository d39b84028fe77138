"""Telling Temporal of news: starts and nudges, read from the outbox. What cannot be told now is told later."""

import asyncio
import contextlib
import logging

from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.common import (
    Priority,
    SearchAttributePair,
    TypedSearchAttributes,
    WorkflowIDConflictPolicy,
    WorkflowIDReusePolicy,
)
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from models import search
from models.database import stranded
from models.database.outbox import Announcement, Outbox
from models.database.permission.pause_announcing import announce_pauses
from models.failpoints import failpoint
from models.identity import workflow_id
from models.observability.switch import OFF, Observability
from models.outreach import RunReference
from models.terms import RunKind
from starter.relay.starting import STARTING
from workflows.run_rollback import RunRollback
from workflows.typed_signals import TypedSignals

log = logging.getLogger("relay")
AT_ONCE = 50
SLOWLY_SECONDS = 600.0
"""Between two tries of what is refused for good: somebody may have put the set-up right."""
FOR_GOOD = frozenset(
    {
        RPCStatusCode.INVALID_ARGUMENT,
        RPCStatusCode.PERMISSION_DENIED,
        RPCStatusCode.FAILED_PRECONDITION,
        RPCStatusCode.UNAUTHENTICATED,
        RPCStatusCode.UNIMPLEMENTED,
    }
)
"""Answers that a repetition cannot change; a change of our set-up, or of the server's, may."""

AWAY = frozenset({RPCStatusCode.UNAVAILABLE, RPCStatusCode.DEADLINE_EXCEEDED, RPCStatusCode.CANCELLED})
"""Answers of a server that is not there; they say nothing of the row that was to be told."""
PROBE_SECONDS = 1.0


class ClosedMeanwhileError(Exception):
    """The run closed between reading its news and telling it; what a closed run's news asks for is told next time."""


class Announcer:
    """Delivers what the outbox holds.

    Args:
        outbox: what is to be told.
        client: a lazy client; an unreachable server is an ordinary state.
        task_queue: where workflows run.
        observed: continues the trace of the request that asked for a run.
    """

    def __init__(self, outbox: Outbox, client: Client, task_queue: str, observed: Observability = OFF) -> None:
        self._outbox = outbox
        self._client = client
        self._task_queue = task_queue
        self._observed = observed
        self.is_away = False
        """Whether the server was not there when it was last spoken to. One row at a time then finds out when it is."""

    async def deliver_due(self) -> int:
        """Deliver what is due now, wide pauses too, many at once. Returns how many rows were taken."""
        await asyncio.to_thread(announce_pauses, self._outbox.engine)
        taken = await asyncio.to_thread(self._outbox.take, 1 if self.is_away else AT_ONCE)
        await asyncio.gather(*(self._deliver(announcement) for announcement in taken))
        return len(taken)

    async def _deliver(self, announcement: Announcement) -> None:
        try:
            with self._observed.within(announcement.trace_parent):
                await self._tell(announcement)
            failpoint("R1")
        except ClosedMeanwhileError:
            await asyncio.to_thread(self._outbox.failed, announcement, "closed meanwhile")
        except RPCError as error:
            log.warning("not told", extra={"run": str(announcement.run_id), "status": error.status.name})
            for_good = error.status in FOR_GOOD
            self.is_away = error.status in AWAY
            wait = SLOWLY_SECONDS if for_good else PROBE_SECONDS if self.is_away else None
            await asyncio.to_thread(self._outbox.failed, announcement, error.status.name, wait)
            if for_good:
                await asyncio.to_thread(stranded.start_refused, self._outbox.engine, announcement, error.status.name)
        except SQLAlchemyError:
            raise  # of every row alike; the row stays taken until its lease ends
        except Exception as error:  # a lazy client that cannot connect, or one row that is at fault: the others go on
            log.warning("not told", extra={"run": str(announcement.run_id), "error": type(error).__name__})
            await asyncio.to_thread(self._outbox.failed, announcement, type(error).__name__)
        else:
            self.is_away = False
            await asyncio.to_thread(self._outbox.delivered, announcement)
            if announcement.tries > 1:
                await asyncio.to_thread(stranded.no_longer_refused, self._outbox.engine, announcement)

    async def _tell(self, announcement: Announcement) -> None:
        if announcement.closed:
            await self._tell_closed(announcement)
        elif announcement.purpose == "start":
            await self._start(announcement)
        else:
            await self._nudge(announcement)

    async def _start(self, announcement: Announcement) -> None:
        with contextlib.suppress(WorkflowAlreadyStartedError):
            starting = STARTING[RunKind(announcement.kind)]
            await self._client.start_workflow(
                starting.workflow,
                starting.order(announcement.run_id),
                id=workflow_id(announcement.kind, announcement.run_id),
                task_queue=self._task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                search_attributes=_search_attributes(announcement),
                static_summary=f"{starting.title} for {announcement.client_key}: {announcement.sequence_key}",
                priority=Priority(fairness_key=str(announcement.client_id)),
                # What was asked of the run before it started, such as a stop, is news to it at once.
                start_signal="nudge" if announcement.news > 1 else None,
            )

    async def _nudge(self, announcement: Announcement) -> None:
        handle = self._client.get_workflow_handle(workflow_id(announcement.kind, announcement.run_id))
        try:
            await handle.signal(TypedSignals.nudge)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise
            if not await asyncio.to_thread(stranded.workflow_gone, self._outbox.engine, announcement):
                raise ClosedMeanwhileError from None

    async def _tell_closed(self, announcement: Announcement) -> None:
        if not announcement.to_roll_back:
            return
        with contextlib.suppress(WorkflowAlreadyStartedError):
            await self._client.start_workflow(
                RunRollback.run,
                RunReference(run_id=announcement.run_id),
                id=f"rollback/{announcement.run_id}",
                task_queue=self._task_queue,
                id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
                id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
                search_attributes=_search_attributes(announcement),
                static_summary=f"Rollback for {announcement.client_key}: {announcement.sequence_key}",
            )


def _search_attributes(announcement: Announcement) -> TypedSearchAttributes:
    return TypedSearchAttributes(
        [
            SearchAttributePair(search.CLIENT_ID, str(announcement.client_id)),
            SearchAttributePair(search.KIND, RunKind(announcement.kind)),
            SearchAttributePair(search.STATE, announcement.state),
            SearchAttributePair(search.OWNER, announcement.owner),
        ]
    )


async def announce_for_ever(announcer: Announcer, awake: asyncio.Event) -> None:
    """Deliver whenever there is something to deliver. An unreachable database is waited for; any other error is raised."""
    while True:
        await awake.wait()
        awake.clear()
        try:
            while await announcer.deliver_due() and not announcer.is_away:
                pass
        except SQLAlchemyError as error:
            log.warning("delivery round failed", extra={"error": type(error).__name__})
            await asyncio.sleep(1)
