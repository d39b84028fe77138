"""One child process: started on a leash, its output appended to a log of its own, ended politely or at once."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil  # type: ignore[import-untyped]

from deploy.local.leash import leashed

POLL_SECONDS = 0.02
LOG_BYTES = 2_000_000
"""A log longer than this is cut to its second half when its process starts."""


@dataclass(frozen=True)
class Command:
    """What to run, as whom, and how it is ended. `user` is a numeric user id; None keeps the caller's."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path
    user: int | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    leash_signal: signal.Signals = signal.SIGKILL
    stop_within: float = 5.0
    """Seconds after `stop_signal` before the process is killed."""


@dataclass
class Child:
    """A started process. Not thread-safe; everything that waits does so without blocking the event loop."""

    name: str
    command: Command
    log: Path
    process: "subprocess.Popen[bytes]"
    log_start: int
    started: float = field(default_factory=time.monotonic)
    frozen: bool = False

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative numbers are signals, as in `subprocess`."""
        return self.process.poll()

    async def ended(self, within: float | None = None) -> bool:
        """Wait until the process is gone; False when `within` seconds pass first."""
        deadline = None if within is None else time.monotonic() + within
        while self.exit_code is None:
            if deadline is not None and time.monotonic() > deadline:
                return False
            await asyncio.sleep(POLL_SECONDS)
        return True

    async def stop(self) -> None:
        """Ask the process to end and kill it if it does not. Harmless when it is already gone."""
        if self.exit_code is not None:
            return
        self.thaw()
        self.process.send_signal(self.command.stop_signal)
        if not await self.ended(self.command.stop_within):
            await self.kill()

    async def kill(self) -> None:
        """SIGKILL, then wait until it is gone."""
        self.process.kill()
        await self.ended()

    def freeze(self) -> None:
        """SIGSTOP it, and every process it has started. Raises psutil.NoSuchProcess when it is gone."""
        self.frozen = True
        for process in self._family():
            with contextlib.suppress(psutil.NoSuchProcess):  # a child may end by itself meanwhile
                process.suspend()

    def thaw(self) -> None:
        """SIGCONT it, and every process it has started. Harmless when it is not frozen; raises as `freeze` does."""
        if not self.frozen:
            return
        for process in reversed(self._family()):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()
        self.frozen = False

    def _family(self) -> list[psutil.Process]:
        parent = psutil.Process(self.pid)
        return [parent, *parent.children(recursive=True)]

    def output(self) -> str:
        """Everything written since this start."""
        with self.log.open("rb") as file:
            file.seek(self.log_start)
            return file.read().decode(errors="replace")

    def last_lines(self, count: int = 15) -> str:
        """Return the end of the output, for an error message."""
        return "\n".join(self.output().splitlines()[-count:])

    def ready_line(self) -> dict[str, Any] | None:
        """Return the JSON line with `"ready": true` once the process has printed it."""
        for line in self.output().splitlines():
            if not line.startswith("{") or '"ready"' not in line:
                continue
            try:
                said = json.loads(line)
            except ValueError:
                continue
            if isinstance(said, dict) and said.get("ready") is True:
                return said
        return None


def spawn(name: str, command: Command, log: Path) -> Child:
    """Start `command` in a session of its own, so that Ctrl-C at the terminal reaches only the supervisor.

    Args:
        name: for messages.
        command: what to run.
        log: gets everything the program writes.

    A program that cannot be run ends with exit code 127 and the reason in its log.
    """
    _bound(log)
    with log.open("ab") as said:
        process = subprocess.Popen(
            leashed(command.leash_signal, command.user, command.arguments),
            env=dict(command.environment),
            cwd=command.directory,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            start_new_session=True,
        )
        return Child(name, command, log, process, log_start=said.tell())


def _bound(log: Path) -> None:
    """Keep the second half of a log that has grown past LOG_BYTES; create the file and its directory if missing."""
    log.parent.mkdir(parents=True, exist_ok=True)
    log.touch(mode=0o600)
    if log.stat().st_size > LOG_BYTES:
        kept = log.read_bytes()[-LOG_BYTES // 2 :]
        log.write_bytes(kept[kept.find(b"\n") + 1 :])


def inherited() -> dict[str, str]:
    """Return the caller's environment without what could lead a local process to a real provider or a proxy."""
    ours = ("COMMS_", "AWS_", "TEMPORAL_", "PG", "TWILIO_")
    slows = "PYTHONDONTWRITEBYTECODE"  # every process, and the sandbox of every workflow, would compile anew
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours) and name != slows}
    return kept | {"NO_PROXY": "127.0.0.1,localhost", "no_proxy": "127.0.0.1,localhost", "PYTHONUNBUFFERED": "1"}
