"""The leash that ties a child process to its parent: when the parent dies, even by `kill -9`, the child is ended."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
"""From `linux/prctl.h`. Other systems have no such call; there the next start ends what was left over."""

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def leash(number: signal.Signals) -> Callable[[], None]:
    """Return what a child runs between fork and exec, so that it gets signal `number` when its parent is gone.

    The kernel watches the *thread* that forked: start children from a thread that lives as long as they should,
    in practice the main one. It also drops the leash on a change of user, so this runs after that change.
    """
    parent = os.getpid()

    def tie() -> None:
        if _LIBC is None:
            return
        _LIBC.prctl(PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:
            os._exit(1)

    return tie
