"""The rig: a fresh stack with two workers, and a proxy in front of everything that a worker, the API or the relay talks to."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from deploy.local import commands
from deploy.local.entering import enter
from deploy.local.office import Office
from deploy.local.parts import ALL, BACKING, Part
from deploy.local.ports import LOOPBACK
from deploy.local.progress import Progress, Silent
from deploy.local.readiness import said_so
from deploy.local.site import Site
from deploy.local.stack import LocalStack, StackOptions
from models.audit import AuditReport
from models.patience_settings import TimerSettings
from tests.faults.ledger import Ledger, ProviderLog
from tests.faults.proxy import Network, Proxy
from tests.faults.transcripts import RequestTranscript, StatementTranscript
from tests.stack.scene import CLIENT, Lead, audit_of

LIBRARY = Path(__file__).parent / "library.yaml"
SETTINGS = {
    "COMMS_QUIET_HOURS": "always_open",
    "COMMS_TWILIO__REQUEST_TIMEOUT": "PT1S",
    "COMMS_SES__CONNECT_TIMEOUT": "PT0.4S",
    "COMMS_SES__READ_TIMEOUT": "PT0.6S",
    "COMMS_CRM__REQUEST_TIMEOUT": "PT1S",
    "COMMS_QUICKBOOKS__REQUEST_TIMEOUT": "PT1S",
    "COMMS_SEARCH_CONSOLE__REQUEST_TIMEOUT": "PT1S",
    "COMMS_TIMERS__REQUEST": "PT1S",
    "COMMS_TIMERS__LEASE": "PT2S",
    "COMMS_TIMERS__START_TO_CLOSE": "PT3S",
    "COMMS_TIMERS__CHECKS": '["PT0.5S", "PT1S", "PT3S"]',
    "COMMS_TIMERS__EMAIL_PATIENCE": "PT3S",
    "COMMS_TWILIO__LOOKUPS_PER_MINUTE": "1200",
    "COMMS_TIMERS__SWEEP": "PT0.3S",
    "COMMS_TIMERS__ACTIVITY_RETRY": "PT0.3S",
    "COMMS_TIMERS__RELAY_POLL": "PT0.5S",
    "COMMS_TIMERS__RELAY_LEASE": "PT3S",
    "COMMS_TIMERS__HEARTBEAT": "PT0.5S",
    "COMMS_TIMERS__INBOUND_SILENCE": "PT7S",
    "COMMS_TIMERS__BACKFILL": "PT3S",
    "COMMS_PAUSES__AUTOMATIC": "[]",
}
"""Seconds instead of minutes: a lost answer is somebody's task within six seconds."""
AT_ONCE = 1000.0
"""Messages per second, for a resume after which nobody wants to wait."""
WORKERS = ("worker", "worker-2")
SECOND_WORKER = Part("worker-2", "Second worker", commands.module("worker"), said_so, needs=BACKING)
SERVERS = frozenset({"postgres", "temporal", "aws", "ses", "twilio", "hubspot"})
"""What must be there before the rest can start."""
_PROXIED = {
    **{
        worker: {
            "postgres": "COMMS_DATABASE__URL",
            "temporal": "COMMS_TEMPORAL__ADDRESS",
            "twilio": "COMMS_TWILIO__BASE_URL",
            "ses": "COMMS_SES__ENDPOINT_URL",
            "hubspot": "COMMS_CRM__BASE_URL",
        }
        for worker in WORKERS
    },
    "api": {"postgres": "COMMS_DATABASE__URL"},
    "relay": {"postgres": "COMMS_DATABASE__URL"},
}
"""Which setting of which part leads through a proxy to what."""
EVERYTHING = "everything"
_IS_PAUSED = "SELECT EXISTS (SELECT 1 FROM pause WHERE paused AND scope = 'everything')"
_IN_MOTION = "SELECT count(*) FROM message WHERE state IN ('dispatching', 'unknown')"


class Restless(Exception):
    """Something is still under way that should long be over."""


class Rig:
    """A running stack that can be hurt. Scenarios use it through their `Trial`.

    Attributes:
        stack: the parts, see `LocalStack`; `worker` and `worker-2` are the workers.
        office: the people.
        ledger: reads the rows, past every proxy.
        logs: what the providers received, by channel.
        proxies: by `part/server`, such as `worker-2/twilio`; API and relay share `front/postgres`.
        own: further environment variables of single parts, taken over at their next start.
    """

    def __init__(self, stack: LocalStack, proxies: Mapping[str, Proxy], own: dict[str, dict[str, str]]) -> None:
        self.stack = stack
        self.proxies = proxies
        self.own = own
        self.ledger = Ledger(stack)
        self.logs = {channel: ProviderLog(stack.state, channel) for channel in ("sms", "email")}
        self.office: Office
        self.turn = asyncio.Lock()
        """Held by whoever hurts the parts themselves."""
        self.waiting = 0
        """How many wait for it."""
        self._numbers = count(2000)

    def lead(self, sequence: str) -> Lead:
        """A lead whom nobody has written to: a number, a mailbox and a name of their own, and so a text of their own."""
        number = next(self._numbers)
        # The stand-in delivers to all numbers of this exchange but the last hundred of 01nn, which are its magic ones.
        area = 303 + (number - 2000) // 7000
        return Lead(f"Lead{number}", f"+1{area}555{2000 + (number - 2000) % 7000:04d}", sequence)

    def part_of(self, worker: str) -> str | None:
        """The part that is behind a worker's name in the ledger (`host:pid`), if it still runs."""
        pid = int(worker.rpartition(":")[2])
        return next((part for part in WORKERS if self.stack.running(part) and self.stack.pid(part) == pid), None)

    async def mend(self, without: Collection[str] = ()) -> None:
        """Make everything whole: proxies pass, nothing is frozen, paused or has settings of its own, every part runs.

        Args:
            without: parts that are left down, if they are.
        """
        for proxy in self.proxies.values():
            proxy.mend()
        standing = [part.name for part in (*ALL, SECOND_WORKER) if not part.once]
        for name in standing:
            if self.stack.running(name):
                self.stack.thaw(name)
        for name in self.own.keys() & standing:
            await self.stack.stop(name)
        self.own.clear()
        down = {name for name in standing if not self.stack.running(name)} - set(without)
        for layer in (down & SERVERS, down - SERVERS):
            await asyncio.gather(*(self.stack.start(name) for name in layer))
        if (await self.ledger.rows(_IS_PAUSED))[0][0]:
            await self.put_pause(False)

    async def put_pause(self, paused: bool) -> list[str]:
        """Pause or resume everything, as an incident owner; return the messages that are in flight."""
        if paused:
            body = {"scope": EVERYTHING, "reason": "fault suite"}
            effect = await self.office.ask("incident-owner", "POST", "/v1/pauses", body)
            return list(effect["in_flight"])
        for pause in await self.pauses_of_everything():
            await self.office.resume(pause["id"], AT_ONCE)
        return []

    async def pauses_of_everything(self) -> list[dict[str, Any]]:
        """Return those that hold everything; incidents hold what is theirs by pauses of their own."""
        held = await self.office.ask("incident-owner", "GET", "/v1/pauses")
        return [pause for pause in held if pause["scope"] == EVERYTHING]

    async def calm(self, within: float = 90.0) -> None:
        """Wait until no call is under way or in doubt. Raises Restless."""
        deadline = time.monotonic() + within
        while (await self.ledger.rows(_IN_MOTION))[0][0]:
            if time.monotonic() > deadline:
                raise Restless(f"calls are still under way or in doubt after {within:.0f} s")
            await asyncio.sleep(0.2)

    async def audited(self) -> AuditReport:
        """Compare the rows with the providers' own logs. Only when nothing is under way, or is stuck for good."""
        return await asyncio.to_thread(audit_of, self.stack, self._timers())

    def _timers(self) -> TimerSettings:
        """Those that the service runs with."""
        prefix, environment = "COMMS_TIMERS__", self.stack.environment
        given = {
            name.removeprefix(prefix).lower(): value for name, value in environment.items() if name.startswith(prefix)
        }
        return TimerSettings.model_validate(given | {"checks": json.loads(given["checks"])})


@asynccontextmanager
async def open_rig(
    state: Path,
    settings: Mapping[str, str] | None = None,
    more_parts: Collection[Part] = (),
    progress: Progress | None = None,
) -> AsyncIterator[Rig]:
    """A fresh stack in a directory, with one client and the library of the suite, every wording approved.

    Args:
        state: its directory.
        settings: overrule the fast ones of `SETTINGS`.
        more_parts: replace usual parts of the same name, such as a PostgreSQL with other options.
        progress: is told how the start goes.
    """
    own: dict[str, dict[str, str]] = {}
    proxies: dict[str, Proxy] = {}

    def own_settings(part: str, site: Site) -> dict[str, str]:
        given, through = site.settings(), {}
        for server, setting in _PROXIED.get(part, {}).items():
            direct, proxy = f"{LOOPBACK}:{site.ports[server]}", proxies[_proxy_name(part, server)]
            through[setting] = given[setting].replace(direct, f"{LOOPBACK}:{proxy.port}")
        return through | own.get(part, {})

    options = StackOptions(
        settings={**SETTINGS, **(settings or {})},
        more_parts=[SECOND_WORKER, *more_parts],
        own_settings=own_settings,
        progress=progress or Silent(),
    )
    stack = LocalStack(state, options)
    with Network() as network:
        for part, servers in _PROXIED.items():
            for server in servers:
                name = _proxy_name(part, server)
                transcript = StatementTranscript if server == "postgres" else RequestTranscript
                if name not in proxies:
                    proxies[name] = network.proxy(name, partial(_port, stack, server), transcript)
        async with stack:
            rig = Rig(stack, proxies, own)
            async with Office(stack.urls, stack.site.credentials) as rig.office:
                await enter(stack, rig.office, CLIENT, LIBRARY)
                yield rig
            await rig.ledger.close()


def _proxy_name(part: str, server: str) -> str:
    return f"{part if part in WORKERS else 'front'}/{server}"


def _port(stack: LocalStack, server: str) -> int:
    return stack.site.ports[server]
