"""The net under every signal handler: a signal that does not fit is dropped, with a log line, instead of wedging the run.

A handler that raises TypeError fails the workflow task for ever. The guard is part of the workflow's logic, so worker
and replayer must both have it.
"""

import inspect

from temporalio import workflow
from temporalio.worker import HandleSignalInput, Interceptor, WorkflowInboundInterceptor, WorkflowInterceptorClassInput

from models.unreadable import Unreadable

UNREADABLE = "unreadable-signals"
"""Runs of 0.1.0 dropped a signal that could not be read; now it is recorded. Can go when no such run is left."""


class _SignalGuard(WorkflowInboundInterceptor):
    async def handle_signal(self, input: HandleSignalInput) -> None:  # noqa: A002
        if any(isinstance(arg, Unreadable) for arg in input.args) and not workflow.patched(UNREADABLE):
            return
        handler = workflow.get_signal_handler(input.signal)
        if handler is not None:
            try:
                inspect.signature(handler).bind(*input.args)
            except TypeError:
                workflow.logger.error("signal dropped: wrong number of arguments", extra={"signal": input.signal})
                return
        await super().handle_signal(input)


class Guard(Interceptor):
    """Installs the guard on every workflow of a worker or a replayer."""

    def workflow_interceptor_class(self, input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:  # noqa: A002
        """Return the guard."""
        return _SignalGuard
