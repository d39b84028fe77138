"""The whole stack as one object: started in the order of needs, watched, ended backwards."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local import environment
from deploy.local.directory_lock import DirectoryLock
from deploy.local.extras import Extra, settings_of
from deploy.local.leftovers import ProcessRecord
from deploy.local.parts import PORTS, Part, choose, layers
from deploy.local.ports import stable_ports
from deploy.local.processes import Child
from deploy.local.progress import Progress, Silent
from deploy.local.runner import PartFailed, bring_up
from deploy.local.secrets import local_secrets
from deploy.local.site import Site
from deploy.local.watch import Watch


@dataclass(frozen=True)
class StackOptions:
    """What differs between `make run`, the demo and a test."""

    parts: Collection[str] | None = None
    """Names of the parts to run, see `parts.ALL`; None means all."""
    settings: Mapping[str, str] = field(default_factory=dict)
    """Settings (`COMMS_…`) that overrule the stack's own."""
    more_parts: Collection[Part] = ()
    """Parts beside the usual ones, such as a second worker; one of the same name takes the usual one's place."""
    extras: Collection[Extra] = ()
    """Parts on demand, with the settings that choose them."""
    own_settings: Callable[[str, Site], Mapping[str, str]] = lambda name, site: {}
    """Gives the environment variables of a single part by its name; asked at each of its starts, with the last word."""
    restart_dead_parts: bool = False
    """Start a part again, with growing pauses, when it dies without being asked to."""
    progress: Progress = field(default_factory=Silent)


class LocalStack:
    """A stack in a directory. What it holds survives `stop`, and `kill -9` too; delete the directory to forget it.

    Use it in an `async with` block on the main thread: its processes end with the thread that started them.
    """

    def __init__(self, state: Path, options: StackOptions | None = None) -> None:
        self._options = options or StackOptions()
        self._state = state.resolve()
        self._lock = DirectoryLock(self._state)
        self._record = ProcessRecord(self._state / "pids.json")
        extras = [extra.part for extra in self._options.extras]
        self._parts = choose(self._options.parts, (*extras, *self._options.more_parts))
        self._children: dict[str, Child] = {}
        self._site: Site | None = None
        self._busy: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._watch = Watch(self._children, self.start, self._options.progress)

    async def __aenter__(self) -> Self:
        await self.start_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop_all()

    @property
    def state(self) -> Path:
        """The directory."""
        return self._state

    @property
    def site(self) -> Site:
        """Ports, secrets and facts of the running stack."""
        if self._site is None:
            raise RuntimeError("the stack has not been started")
        return self._site

    @property
    def environment(self) -> dict[str, str]:
        """Settings (`COMMS_…`, `AWS_…`) for a process that shall work with this stack."""
        return self.site.settings()

    @property
    def urls(self) -> dict[str, str]:
        """Base addresses by name: api, temporal-ui, and those of the stand-ins."""
        return {
            name: self.site.url(name)
            for name in self._server_names
            if name not in {"postgres", "temporal", "temporal-ui-server"}
        }

    @property
    def _server_names(self) -> tuple[str, ...]:
        return (*PORTS, *(extra.name for extra in self._options.extras))

    async def start_all(self) -> None:
        """Take the directory, end what a killed run left there, start every part as soon as what it needs is ready.

        Raises:
            AlreadyRunning: another stack has the directory.
            NotTogether: two extras that would take each other's place.
            PartFailed: a part did not come up; everything started has been ended again.
        """
        self._lock.acquire()
        try:
            for name in await asyncio.to_thread(self._record.end_leftovers):
                self._options.progress.notice(f"ended {name}, left over from a run that was killed")
            ports, changes = stable_ports(self._state / "ports.json", self._server_names)
            for change in changes:
                self._options.progress.notice(change)
            secrets = local_secrets(self._state / "secrets.json")
            chosen = settings_of(self._options.extras, ports, secrets) | dict(self._options.settings)
            self._site = Site(self._state, ports, secrets, chosen)
            await self._start_in_order()
            environment.write(self._state / "environment.env", self.environment)
        except BaseException:
            await self.stop_all()
            raise
        if self._options.restart_dead_parts:
            self._watch.begin()

    async def stop_all(self) -> None:
        """End every part, those that need others first, and give the directory up. Repeatable."""
        await self._watch.end()
        for layer in reversed(layers(self._parts.values())):
            await asyncio.gather(*(self.stop(part.name) for part in layer))
        self._lock.release()

    def running(self, name: str) -> bool:
        """Say whether a part's process is there."""
        child = self._children.get(name)
        return child is not None and child.exit_code is None

    def pid(self, name: str) -> int:
        """Return the process id of a part. Raises KeyError when it has not been started."""
        return self._children[name].pid

    def log(self, name: str) -> Path:
        """Return the path of a part's log."""
        return self._state / "logs" / f"{name}.log"

    async def start(self, name: str) -> None:
        """Start one part that is not running and wait until it is ready.

        Raises:
            PartFailed: it did not come up; it has been ended.
        """
        async with self._busy[name]:
            if self.running(name):
                return
            part = self._parts[name]
            began = time.monotonic()
            self._options.progress.starting(part.title)
            try:
                own = self._options.own_settings(name, self.site)
                self.site.facts[name] = await bring_up(self.site, part, self._spawned, own)
            except PartFailed:
                if self.running(name):
                    await self._children[name].stop()
                raise
            if part.once:
                del self._children[name]
                self._record.remove(name)
            self._options.progress.ready(part.title, time.monotonic() - began)

    async def stop(self, name: str) -> None:
        """Ask one part to end and wait until it has. Harmless when it is not running."""
        async with self._busy[name]:
            child = self._children.pop(name, None)
            if child is not None:
                await child.stop()
                self._record.remove(name)

    async def kill(self, name: str) -> None:
        """`kill -9` one part. It stays down until `start`, even in a stack that restarts dead parts."""
        await self._children.pop(name).kill()
        self._record.remove(name)

    def freeze(self, name: str) -> None:
        """Stop one part in its tracks (SIGSTOP), with the processes it has started. Its connections stay open."""
        self._children[name].freeze()

    def thaw(self, name: str) -> None:
        """Let a frozen part go on."""
        self._children[name].thaw()

    def _spawned(self, child: Child) -> None:
        self._children[child.name] = child
        self._record.add(child.name, child.pid, child.command.stop_signal)

    async def _start_in_order(self) -> None:
        ready = {name: asyncio.Event() for name in self._parts}

        async def start(part: Part) -> None:
            for name in part.needs & self._parts.keys():
                await ready[name].wait()
            await self.start(part.name)
            ready[part.name].set()

        try:
            async with asyncio.TaskGroup() as group:
                for part in self._parts.values():
                    group.create_task(start(part))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
