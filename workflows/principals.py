"""Whom the server has verified as the sender of a typed decision, by the event of that very signal.

A server of 1.31 or later can stamp the authenticated caller on an event (`frontend.enablePrincipalPropagation`, with an
authorizer); it then drops what a client claims. The `identity` of an event is the client's own choice and is not read.
The embedded server verifies nobody.
"""

import asyncio
from collections.abc import AsyncIterable

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client
from temporalio.service import RPCError

from models.errors import TryAgain
from models.terms import DecisionKind

DECISIONS = frozenset({DecisionKind.APPROVE.value, DecisionKind.REJECT.value})
"""The signals by which decisions are typed."""


class VerifiedPrincipals:
    """Reads the histories of running workflows, from a thread beside the loop.

    Args:
        client: the way to the server.
        loop: the loop that the client lives in.
    """

    def __init__(self, client: Client, loop: asyncio.AbstractEventLoop) -> None:
        self._client = client
        self._loop = loop

    def of(self, workflow_id: str, workflow_run_id: str, nth: int) -> str:
        """Return who typed the nth decision of a history, as `type:name`, or an empty text. Raises TryAgain."""
        handle = self._client.get_workflow_handle(workflow_id, run_id=workflow_run_id)
        asked = principal_of(handle.fetch_history_events(), nth)
        try:
            return asyncio.run_coroutine_threadsafe(asked, self._loop).result()
        except RPCError:
            raise TryAgain("history_not_read") from None


async def principal_of(events: AsyncIterable[HistoryEvent], nth: int) -> str:
    """Return the verified sender of the nth decision (from 1) among the events of one history, or an empty text."""
    seen = 0
    async for event in events:
        if event.event_type != EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED:
            continue
        seen += event.workflow_execution_signaled_event_attributes.signal_name in DECISIONS
        if seen == nth:
            who = event.principal
            return f"{who.type}:{who.name}" if who.name else ""
    return ""
