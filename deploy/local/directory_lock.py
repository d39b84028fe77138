"""One stack per directory: a lock that the system releases by itself when its holder dies."""

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import IO, Self


class AlreadyRunning(Exception):
    """Another stack runs in this directory."""


class DirectoryLock:
    """An exclusive lock on a state directory; use it in a `with` block or call `acquire` and `release`."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._file: IO[str] | None = None

    def acquire(self) -> None:
        """Take the lock.

        Raises:
            AlreadyRunning: someone else holds it; the message says which process.
        """
        self._state.mkdir(mode=0o711, parents=True, exist_ok=True)
        file = (self._state / "lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            file.close()
            raise AlreadyRunning(
                f"a stack already runs in {self._state} (process {holder}); stop it first, or use another directory"
            ) from None
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        self._file = file

    def release(self) -> None:
        """Give the lock up. Harmless when it is not held."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()
