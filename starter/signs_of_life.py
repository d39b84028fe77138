"""The web hooks show every few seconds that they can write down what comes in; the claim looks at that before each send."""

import asyncio
import logging
from datetime import timedelta

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from sqlalchemy import Engine

from models.database.inbound.continuity import give_sign

log = logging.getLogger("starter")


async def show_signs_of_life(engine: Engine, threads: CapacityLimiter, every: timedelta, silence: timedelta) -> None:
    """Give a sign again and again, by the same way to the database and the same threads as the web hooks. Never ends."""
    while True:
        try:
            if await run_sync(give_sign, engine, silence, limiter=threads):
                log.warning("web hooks were silent; nothing is sent to contacts until that has been made up for")
        except Exception as error:  # of any kind: without signs nothing would ever be sent again
            log.warning("web hooks cannot write", extra={"error": type(error).__name__})
        await asyncio.sleep(every.total_seconds())
