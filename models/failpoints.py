"""Named points at which a process can be made to die, to prove that dying there sends nothing twice and loses nothing.

Armed only by the composition roots, from a setting that production refuses. Unarmed, a failpoint does nothing.
"""

import os
import signal
import threading
from collections.abc import Mapping

FAILPOINTS = {
    "C1": "before the claim",
    "C2": "inside the claim's transaction, before its commit",
    "C3": "after the claim's commit, before a connection is made",
    "C4": "after the head of the request, before its body",
    "C5": "after the provider has accepted, before its answer is read",
    "C6": "after the answer is read, before it is recorded",
    "C7": "inside the recording transaction, before its commit",
    "C8": "after the recording commit, before the workflow server hears of it",
    "U1": "after an undo has begun, before it is done",
    "U2": "after an undo was done, before its end is recorded",
    "U3": "after the end of an undo is recorded, before the next begins",
    "A1": "in the API, after the commit of a start, before the caller hears of it",
    "R1": "in the relay, after the workflow server was told, before the row is marked",
}
"""Where a process dies, by name. C1 to C8 are the crash windows of one send."""

_armed: dict[str, int] = {}
_counting = threading.Lock()


def arm(points: Mapping[str, int]) -> None:
    """Make this process die by SIGKILL when it comes to a failpoint for the nth time. Replaces what was armed before."""
    _armed.clear()
    _armed.update(points)


def failpoint(name: str) -> None:
    """Die here if this is the moment; otherwise do nothing."""
    if name not in _armed:
        return
    with _counting:
        _armed[name] -= 1
        if _armed[name] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
