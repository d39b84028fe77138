"""The supervisor as a process of its own, as `make run` starts it: killed, and stopped by Ctrl-C."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from deploy.local.site import REPOSITORY
from deploy.local.stack import LocalStack, StackOptions
from tests.supervisor.state_directory import STATEFUL, recorded, rows, write_a_row


async def test_a_killed_supervisor_leaves_nothing_running_and_the_next_start_recovers(state_dir: Path) -> None:
    supervisor = _make_run(state_dir)
    try:
        _until(supervisor, lambda: (state_dir / "environment.env").exists())
        parts = psutil.Process(supervisor.pid).children(recursive=True)
        assert {part.name() for part in parts} >= {"postgres", "temporal"}
        write_a_row(state_dir)
    finally:
        supervisor.kill()
        supervisor.wait()

    _, alive = psutil.wait_procs(parts, timeout=10)
    assert alive == []

    async with LocalStack(state_dir, StackOptions(parts=STATEFUL)):
        assert rows(state_dir) == [(1,)]


async def test_ctrl_c_stops_everything(state_dir: Path) -> None:
    supervisor = _make_run(state_dir)
    _until(supervisor, lambda: (state_dir / "environment.env").exists())
    parts = psutil.Process(supervisor.pid).children(recursive=True)

    supervisor.send_signal(signal.SIGINT)
    said, _ = supervisor.communicate(timeout=20)

    assert supervisor.returncode == 0, said
    assert [part for part in parts if part.is_running()] == []
    assert "nothing is left running" in said
    assert json.loads((state_dir / "pids.json").read_text()) == {}


async def test_ctrl_c_during_the_start_stops_everything_too(state_dir: Path) -> None:
    supervisor = _make_run(state_dir)
    _until(supervisor, lambda: "temporal" in recorded(state_dir))
    parts = psutil.Process(supervisor.pid).children(recursive=True)

    supervisor.send_signal(signal.SIGINT)
    said, _ = supervisor.communicate(timeout=20)

    assert supervisor.returncode == 0, said
    assert [part for part in parts if part.is_running()] == []


def _make_run(state: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "deploy.local", "--state-dir", str(state), "--parts", ",".join(sorted(STATEFUL))],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _until(supervisor: "subprocess.Popen[str]", condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        if supervisor.poll() is not None or time.monotonic() > deadline:
            supervisor.send_signal(signal.SIGINT)
            pytest.fail(f"it never became so: {supervisor.communicate()[0]}")
        time.sleep(0.02)
