"""What one scenario works with: its leads, its faults and what came of them. See `scenario` for how to use it."""

import asyncio
import json
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from deploy.local.parts import Part
from tests.faults.correspondence import Correspondence, address_of, channel_of
from tests.faults.correspondence import Unexpected as Unexpected  # scenarios need it beside the trial
from tests.faults.proxy import Proxy
from tests.faults.rig import WORKERS, Rig, open_rig
from tests.faults.stack_record import StackRecord, record_of
from tests.faults.traps import Fate, Trap, Way
from tests.stack.clients_side import ClientsSide
from tests.stack.scene import SENDING, STANDINS, Lead, Scene


@dataclass
class Trial(Correspondence):
    """One run of one scenario: its correspondence, and what it does to the stack.

    Attributes:
        state: a directory for stacks of its own.
        faults: how often which fault was injected.
        measures: durations in seconds, by name.
        counts: what else it has counted, by name.
        own_stacks: what is left of them.
    """

    state: Path = Path()
    faults: Counter[str] = field(default_factory=Counter)
    measures: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    counts: Counter[str] = field(default_factory=Counter)
    own_stacks: list[StackRecord] = field(default_factory=list)
    waited: float = 0.0
    """Seconds spent waiting for its turn."""
    was_possible: bool = True
    """False once it has turned out that this machine does not let its fault be injected."""
    limit: asyncio.Timeout | None = None
    """Ends it when it takes too long; waiting for its turn does not count."""
    _rules: dict[str, tuple[str, str]] = field(default_factory=dict)
    _traps: dict[Trap, str] = field(default_factory=dict)

    def injected(self, kind: str, times: int = 1) -> None:
        """Count faults that no helper counts. None at all are none: a scenario without any has failed."""
        self.faults[kind] += times

    async def inject(
        self, lead: Lead, fault: str, operation: str = "", times: int | None = 1, standin: str = "", **params: Any
    ) -> None:
        """Have a stand-in misbehave towards one lead, by default that of the lead's channel when it is asked to send.

        See the stand-ins' `faults` module. Counted when it fires.
        """
        channel = channel_of(lead)
        standin, asked = standin or STANDINS[channel], operation or SENDING[channel]
        await self.inject_at(standin, address_of(lead), fault, asked, times, **params)

    async def inject_at(
        self, standin: str, whom: str, fault: str, operation: str, times: int | None = 1, nth: int | None = None,
        **params: Any,
    ) -> None:  # fmt: skip
        """Have a stand-in misbehave towards whoever it knows by this name; only the nth time, if that is given."""
        rule_id = f"{self.id}-{uuid4().hex[:8]}"
        match = {"recipient": whom, "operation": operation, "nth": nth}
        await self.rig.office.inject(
            standin, {"id": rule_id, "match": match, "fault": fault, "params": params, "times": times}
        )
        self._rules[rule_id] = (standin, fault)

    def client_key(self, number: int = 1) -> str:
        """The key of a client of its own, also before it is entered."""
        return f"roofing-{self.id.lower()}-{number}"

    async def client(self, number: int = 1) -> ClientsSide:
        """A client of its own, and somebody there who is told by mail of everything."""
        key = self.client_key(number)
        side = ClientsSide(Scene(self.rig.stack, self.rig.office), key, f"Roofing {self.id} {number}")
        await side.enter()
        self.addresses.append(side.pat)
        return side

    async def has_fired(self, standin: str) -> bool:
        """Say whether one of its own faults at a stand-in has fired by now."""
        fired = await self.rig.office.fired(standin)
        return any(times for rule_id, times in fired.items() if rule_id in self._rules)

    def proxy(self, name: str) -> Proxy:
        """One of `worker/postgres`, `worker-2/twilio` …, `front/postgres`."""
        return self.rig.proxies[name]

    def trap(
        self, proxy: str, what: str, way: Way, asked: str = "", *, let_through: int = 0,
        then: Fate | None = None, times: int = 1,
    ) -> Trap:  # fmt: skip
        """Set a trap at a proxy, see `Trap`. Counted when it catches."""
        trap = self.proxy(proxy).trap(what, way, asked, let_through=let_through, then=then, times=times)
        self._traps[trap] = proxy
        return trap

    def hold_requests(self, lead: Lead, times: int = 1) -> list[Trap]:
        """Hold requests to text a lead on the wire behind every worker, until their fate is decided."""
        asked = f"^POST .*To={lead.phone.replace('+', '%2B')}"
        return [
            self.trap(f"{worker}/twilio", "hold a request", Way.TO_SERVER, asked, times=times) for worker in WORKERS
        ]

    async def kill(self, part: str) -> float:
        """`kill -9` a part; return the moment (`time.monotonic`)."""
        await self.rig.stack.kill(part)
        self.injected(f"kill -9 {part}")
        return time.monotonic()

    async def begin(self, part: str) -> None:
        """Start a part that is down, unarmed."""
        self.rig.own.pop(part, None)
        await self.rig.stack.start(part)

    def freeze(self, part: str) -> None:
        """SIGSTOP a part."""
        self.rig.stack.freeze(part)
        self.injected(f"freeze {part}")

    def thaw(self, part: str) -> None:
        """SIGCONT it."""
        self.rig.stack.thaw(part)

    async def arm(self, part: str, **points: int) -> None:
        """Start a part anew with failpoints: `C5=1` kills it at the first time it comes to C5."""
        await self.rig.stack.stop(part)
        self.rig.own[part] = {"COMMS_FAILPOINTS": json.dumps(points)}
        await self.rig.stack.start(part)

    async def send_until_dead(self, part: str, sequence: str = "faults_text", tries: int = 30) -> Lead:
        """Write to one lead after the other until an armed part has died over one of them; return that lead.

        Raises:
            Unexpected: it survives them all.
        """
        dead = lambda: not self.rig.stack.running(part)  # noqa: E731
        lead = await self.send_until(dead, f"{part} to die", part, sequence, tries)
        self.injected(f"failpoint in {part}")
        return lead

    async def send_until_caught(self, trap: Trap, sequence: str = "faults_text", tries: int = 30) -> Lead:
        """Write to one lead after the other until a trap has caught something of one of them; return that lead.

        Raises:
            Unexpected: it catches nothing.
        """
        part = self._traps[trap].partition("/")[0]
        what = f"something to be caught by: {trap.what}"
        return await self.send_until(lambda: trap.caught > 0, what, part, sequence, tries)

    async def recovered(self, part: str, since: float, within: float = 30.0) -> None:
        """Measure from a kill (`time.monotonic`) to the first acceptance of a message that was asked for after it."""
        (lead,) = self.leads(1)
        await self.start(lead)
        await self.settled(lead, states={"accepted"}, within=within)
        self.measured(f"recovery after {part}", time.monotonic() - since)

    def measured(self, name: str, seconds: float) -> None:
        """Add a duration to the figures."""
        self.measures[name].append(seconds)

    @asynccontextmanager
    async def alone(self, without: Collection[str] = ()) -> AsyncIterator[None]:
        """From here on this scenario alone hurts the stack; at the end of the block everything is made whole.

        Args:
            without: parts that may be down at its beginning, because it arms them first of all.
        """
        await self._turn()
        try:
            await self.rig.mend(without)
            yield
        finally:
            try:
                # A dead worker is left to whoever is next: that may want to arm it.
                await self.rig.mend(WORKERS[1:] if self.rig.waiting else ())
            finally:
                self.rig.turn.release()

    @asynccontextmanager
    async def own_rig(
        self, settings: Mapping[str, str] | None = None, more_parts: Collection[Part] = ()
    ) -> AsyncIterator[Rig]:
        """A fresh stack for this scenario alone, audited at the end of the block. `trial.rig` is that one meanwhile."""
        directory = self.state / f"{self.id}-{len(self.own_stacks)}"
        async with open_rig(directory, settings, more_parts) as self._own:
            try:
                yield self._own
                await self._count_fired()
                self.own_stacks.append(await record_of(self._own))
            finally:
                self._own = None

    async def end(self) -> None:
        """Count what has fired. For the suite."""
        await self._count_fired()
        for trap in self._traps:
            if trap.caught:
                self.injected(trap.what, trap.caught)

    async def _turn(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        left = self.limit.when() if self.limit is not None else None
        left = None if left is None else left - loop.time()
        if self.limit is not None:
            self.limit.reschedule(None)
        self.rig.waiting += 1
        try:
            await self.rig.turn.acquire()
        finally:
            self.rig.waiting -= 1
        self.waited += loop.time() - began
        if self.limit is not None and left is not None:
            self.limit.reschedule(loop.time() + left)

    async def _count_fired(self) -> None:
        if self._own is None and self.shared is None:
            return
        for standin in {standin for standin, _ in self._rules.values()}:
            for rule_id, fired in (await self.rig.office.fired(standin)).items():
                if rule_id in self._rules and fired:
                    self.injected(self._rules.pop(rule_id)[1], fired)
