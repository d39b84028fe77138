"""A simulation is a process that can be ended, and that says what it lacks."""

import os
import sys
import sysconfig
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from models.simulating.order import SimulationOrder
from starter.simulating.process import CannotSimulate, NotInstalled, simulate

pytestmark = pytest.mark.timeout(300)
ORDER = SimulationOrder(
    sequence="missed_call", library="shipped", start=datetime.now(UTC) + timedelta(hours=1), lasts=timedelta(days=1)
)


def test_what_takes_too_long_is_ended_with_all_that_it_has_started() -> None:
    there_before = _parts()

    with pytest.raises(CannotSimulate, match="took longer than 4 s and was ended; simulate fewer days, or raise"):
        simulate(ORDER, timedelta(seconds=4))

    assert _parts() - there_before == set()


def test_a_server_without_the_parts_says_so(tmp_path: Path) -> None:
    python = tmp_path / "python"  # beside it there is no server that skips time
    python.symlink_to(Path(sys.executable).resolve())
    packages = {"PYTHONPATH": os.pathsep.join([str(Path.cwd()), sysconfig.get_path("purelib")]), "PATH": str(tmp_path)}

    with pytest.raises(
        NotInstalled, match=r"server that skips time is not installed here: install requirements/local\.txt"
    ):
        simulate(ORDER, timedelta(seconds=60), packages, str(python))


def test_what_is_not_there_is_said_in_a_sentence() -> None:
    order = ORDER.model_copy(update={"library": "no/such/library.yaml"})

    with pytest.raises(CannotSimulate, match=r"library\.yaml"):
        simulate(order, timedelta(seconds=100))


def _parts() -> set[tuple[int, str]]:
    children = psutil.Process().children(recursive=True)
    return {(one.pid, one.name()) for one in children if any(name in one.name() for name in ("postgres", "temporal"))}
