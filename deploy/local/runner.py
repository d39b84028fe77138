"""Bringing one part up: prepare, spawn, wait until it is ready, or say clearly why it is not."""

import asyncio
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from deploy.local.parts import Part
from deploy.local.processes import POLL_SECONDS, Child, spawn
from deploy.local.readiness import Facts
from deploy.local.site import Site


class PartFailed(Exception):
    """A part did not come up. The message holds the reason, the log's path and its last lines."""

    def __init__(self, part: Part, reason: str, log: str, lines: str) -> None:
        super().__init__(f"{part.title} ({part.name}) {reason}\nlast lines of {log}:\n{lines or '(nothing written)'}")
        self.part = part.name


async def bring_up(site: Site, part: Part, spawned: Callable[[Child], None], own: Mapping[str, str]) -> Facts:
    """Start `part` and wait until it is ready; return what it says about itself.

    Args:
        site: the stack's place.
        part: what to start.
        spawned: told about the process at once, so that it can be ended if waiting is cancelled.
        own: environment variables of this part only.

    Raises:
        PartFailed: it could not be started, ended, or was not ready in time. A process may be left running.
    """
    log = site.state / "logs" / f"{part.name}.log"
    try:
        if part.prepare is not None:
            await _to_the_end(part.prepare, site)
        command = part.command(site)
        command = replace(command, environment={**command.environment, **own})
        child = spawn(part.name, command, log)
    except subprocess.CalledProcessError as error:
        raise PartFailed(part, f"could not be prepared: {error}", "its output", str(error.stderr)) from error
    except OSError as error:
        raise PartFailed(part, f"could not be started: {error}", str(log), "") from error
    spawned(child)
    return await _until_ready(site, part, child)


async def _until_ready(site: Site, part: Part, child: Child) -> Facts:
    deadline = time.monotonic() + part.ready_within
    while True:
        ended = child.exit_code is not None
        if not ended or part.once:
            facts = await part.ready(site, child)
            if facts is not None:
                return facts
        if ended:
            reason = f"ended with {outcome(child)} before it was ready"
            raise PartFailed(part, reason, str(child.log), child.last_lines())
        if time.monotonic() > deadline:
            reason = f"was not ready within {part.ready_within:.0f} s"
            raise PartFailed(part, reason, str(child.log), child.last_lines())
        await asyncio.sleep(POLL_SECONDS)


async def _to_the_end(work: Callable[[Site], None], site: Site) -> None:
    """Run blocking work in a thread; when cancelled, let it finish first, so that it outlives nobody's clean-up."""
    working = asyncio.ensure_future(asyncio.to_thread(work, site))
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait({working})
        raise


def outcome(child: Child) -> str:
    """Say how a process ended."""
    code = child.exit_code
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
