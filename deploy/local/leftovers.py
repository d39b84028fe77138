"""What a hard-killed run left behind: found by process id *and* start time, so that no other process is touched."""

import contextlib
import json
import signal
from pathlib import Path
from typing import TypedDict

import psutil  # type: ignore[import-untyped]

START_TOLERANCE_SECONDS = 1.0
"""By how much a start time read twice may differ (it is derived from the boot time)."""
PATIENCE_SECONDS = 8.0


class Entry(TypedDict):
    """One recorded process: its id, when it started (Unix seconds), the signal that ends it cleanly."""

    pid: int
    started: float
    stop_signal: int


class ProcessRecord:
    """`pids.json`: the running parts of one stack, rewritten at every start and stop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._running: dict[str, Entry] = {}

    def add(self, name: str, pid: int, stop_signal: signal.Signals) -> None:
        """Remember a process just started. One that is already gone is not worth remembering."""
        with contextlib.suppress(psutil.NoSuchProcess):
            started = float(psutil.Process(pid).create_time())
            self._running[name] = Entry(pid=pid, started=started, stop_signal=int(stop_signal))
            self._write()

    def remove(self, name: str) -> None:
        """Forget a process known to be gone."""
        if self._running.pop(name, None) is not None:
            self._write()

    def end_leftovers(self) -> list[str]:
        """End what an earlier run recorded and never removed; return the names of the parts that still ran.

        Waits up to PATIENCE_SECONDS after asking, then kills. Repeatable.
        """
        found: dict[str, psutil.Process] = {}
        for name, entry in self._read().items():
            process = _same(entry)
            if process is not None:
                found[name] = process
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.send_signal(entry["stop_signal"])
        _, stubborn = psutil.wait_procs(list(found.values()), timeout=PATIENCE_SECONDS)
        for process in stubborn:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(stubborn, timeout=PATIENCE_SECONDS)
        self._running = {}
        self._write()
        return sorted(found)

    def _read(self) -> dict[str, Entry]:
        try:
            recorded = json.loads(self._path.read_text())
        except (OSError, ValueError):
            return {}
        return recorded if isinstance(recorded, dict) else {}

    def _write(self) -> None:
        draft = self._path.with_name(self._path.name + ".new")
        draft.write_text(json.dumps(self._running))
        draft.replace(self._path)


def _same(entry: Entry) -> psutil.Process | None:
    with contextlib.suppress(psutil.Error, KeyError, TypeError):
        process = psutil.Process(entry["pid"])
        if abs(process.create_time() - entry["started"]) <= START_TOLERANCE_SECONDS:
            return process
    return None
