"""Waking the relay's duties when the database says so, and now and then in case it was not heard."""

import asyncio
import logging
from collections.abc import Mapping

import psycopg
from psycopg import sql

log = logging.getLogger("relay")


async def listen(database_url: str, awake: Mapping[str, asyncio.Event], poll: float) -> None:
    """Set the event of a channel whenever it is notified, and all of them every `poll` seconds. Never ends."""
    clock = asyncio.get_running_loop()
    while True:
        _wake(awake)
        try:
            async with await psycopg.AsyncConnection.connect(
                database_url, autocommit=True, connect_timeout=5
            ) as connection:
                for channel in awake:
                    await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                while True:
                    _wake(awake)
                    poll_at = clock.time() + poll  # however often one channel is notified meanwhile
                    while (left := poll_at - clock.time()) > 0:
                        async for notification in connection.notifies(timeout=left, stop_after=1):
                            awake[notification.channel].set()
        except psycopg.Error as error:
            log.warning("database not reachable", extra={"error": type(error).__name__})
        await asyncio.sleep(1)


def _wake(awake: Mapping[str, asyncio.Event]) -> None:
    for event in awake.values():
        event.set()
