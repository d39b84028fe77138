"""Telling the server that an activity's process still lives, so that a killed one is replaced in seconds."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from datetime import timedelta
from threading import Event, Thread

from temporalio import activity

BEATS = 3
"""How often within the time after which the server takes the process for dead."""


@contextmanager
def heartbeat() -> Iterator[None]:
    """Send heartbeats from a thread beside the activity while the block runs, if its caller has set a heartbeat timeout.

    They say that the process lives, not that it gets on: that is what the limits of its own calls are for.
    """
    timeout = activity.info().heartbeat_timeout if activity.in_activity() else None
    if not timeout:
        yield
        return
    over = Event()
    thread = Thread(target=copy_context().run, args=(_beat, over, timeout / BEATS), name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _beat(over: Event, every: timedelta) -> None:
    while not over.wait(every.total_seconds()):
        activity.heartbeat()
