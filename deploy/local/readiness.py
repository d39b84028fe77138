"""How one sees that a part is ready. Each check is asked again until it gives what the part says about itself."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from deploy.local import postgres, temporal
from deploy.local.ports import LOOPBACK
from deploy.local.processes import Child
from deploy.local.site import Site

Facts = dict[str, Any]
Check = Callable[[Site, Child], Awaitable[Facts | None]]
"""Gives a part's facts once it is ready (often none worth telling), None before."""


async def database_answers(site: Site, _: Child) -> Facts | None:
    """PostgreSQL takes connections, and has the service's database and the portal's login."""
    port, known = site.ports["postgres"], site.secrets
    if not await asyncio.to_thread(postgres.accepts, port, known.database_password):
        return None
    await asyncio.to_thread(postgres.let_portal_in, port, known.database_password, known.portal_password)
    return {}


async def temporal_answers(site: Site, _: Child) -> Facts | None:
    """Temporal and its UI answer, and know the search attributes."""
    return {} if await asyncio.to_thread(temporal.serves, site.ports["temporal-ui-server"]) else None


async def api_listens(site: Site, _: Child) -> Facts | None:
    """The API takes connections, which it does only after its own start-up checks."""
    try:
        reader_and_writer = await asyncio.open_connection(LOOPBACK, site.ports["api"])
    except OSError:
        return None
    reader_and_writer[1].close()
    return {}


async def said_so(_: Site, child: Child) -> Facts | None:
    """The program has printed one line of JSON with `"ready": true`; the other keys of that line are its facts."""
    return child.ready_line()


async def finished_well(_: Site, child: Child) -> Facts | None:
    """A command that runs once has exited with 0."""
    return {} if child.exit_code == 0 else None
