"""The web hooks show every few seconds that they can write down what comes in; the claim looks at that before each send."""

import asyncio
import logging
from datetime import timedelta

from anyio import CapacityLimiter
from anyio.to_thread import run_sync

from models.database.inbound.continuity import Listener

log = logging.getLogger("starter")


async def show_signs_of_life(listener: Listener, threads: CapacityLimiter, every: timedelta) -> None:
    """Give a sign again and again, on the same threads as the web hooks. Never ends."""
    while True:
        try:
            if await run_sync(listener.give_sign, limiter=threads):
                log.warning("web hooks may have missed a text; nothing goes to contacts until that is made up for")
        except Exception as error:  # of any kind: without signs nothing would ever be sent again
            log.warning("web hooks cannot write", extra={"error": type(error).__name__})
        await asyncio.sleep(every.total_seconds())


async def say_good_bye(listener: Listener, threads: CapacityLimiter) -> None:
    """Show that the web hooks of this process are gone. If it cannot, their silence will tell."""
    try:
        await run_sync(listener.leave, limiter=threads)
    except Exception as error:  # of any kind: the process ends in any case
        log.warning("web hooks go without a word", extra={"error": type(error).__name__})
