"""Running a simulation as a process of its own, which is ended if it takes too long.

The service does not know what a simulation runs on, and need not have it installed: the process says so then.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import starter
from models.errors import CommsError
from models.simulating.order import SimulationOrder
from models.simulating.timetable import Timetable

PROGRAM = "deploy.simulation"
NOT_INSTALLED = 3
GRACE_SECONDS = 10.0


class CannotSimulate(CommsError):
    """It could not be simulated. The message says why, and may be shown."""


class NotInstalled(CannotSimulate):
    """What a simulation runs on is not there."""


def simulate(
    order: SimulationOrder,
    within: timedelta,
    environment: Mapping[str, str] | None = None,
    python: str = sys.executable,
) -> Timetable:
    """Return the timetable of an order. Safe to repeat: nothing is sent, and nothing stays.

    Args:
        order: what to simulate.
        within: after this long it is ended.
        environment: settings beside those of this process.
        python: what runs it.

    Raises:
        CannotSimulate: the order cannot be carried out, or it took too long; says which.
        NotInstalled: what it runs on is not installed here.
    """
    if find_spec("deploy") is None:
        raise NotInstalled("the simulation is not installed here; run it from a checkout of the project")
    root = str(Path(next(iter(starter.__path__))).parent)
    path = os.pathsep.join(part for part in (root, os.environ.get("PYTHONPATH", "")) if part)
    process = subprocess.Popen(
        [python, "-m", PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path, **(environment or {})},
        start_new_session=True,
        text=True,
    )
    try:
        said, trouble = process.communicate(order.model_dump_json(), timeout=within.total_seconds())
    except subprocess.TimeoutExpired:
        _end(process)
        raise CannotSimulate(
            f"the simulation took longer than {within.total_seconds():.0f} s and was ended; simulate fewer days, or raise "
            "COMMS_SIMULATION__WITHIN"
        ) from None
    except BaseException:  # Ctrl-C, too
        _end(process)
        raise
    return _answer(process.returncode, said, trouble)


def _answer(code: int, said: str, trouble: str) -> Timetable:
    try:  # the Temporal client logs to the standard output, too
        told = json.loads(next(line for line in said.splitlines() if line.startswith("{")))
    except (StopIteration, ValueError):
        last = trouble.strip().splitlines()[-1:] or [f"exit code {code}"]
        raise CannotSimulate(f"the simulation failed: {last[0]}") from None
    if code == NOT_INSTALLED:
        raise NotInstalled(told["problem"])
    if code != 0:
        raise CannotSimulate(told["problem"])
    return Timetable.model_validate(told["timetable"])


def _end(process: "subprocess.Popen[str]") -> None:
    """Ask it to clean up after itself; end it and all that it has started if it does not."""
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=GRACE_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
