"""`make histories`: run every path of the workflows for real and keep its history for the replay test.

Histories of earlier versions stay: they stand for runs that are still under way somewhere.
"""

import os
import sys
import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).parent
WORTH_KEEPING = "(not malformed or aprove) and (not poison or broken) and not megabytes and not replay_gate"
"""One of the many signals that are none is enough, none of the huge ones, and none of runs that are there to be replayed."""


def version() -> str:
    """Return the version of the project."""
    written: str = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text())["project"]["version"]
    return written


def known(pattern: str) -> Path:
    """Return a history of 0.4.0, whose moments and events tests may name: it stays as it is."""
    return min((HERE / "v0.4.0").glob(pattern))


def main() -> int:
    """Record into the directory of this version; return pytest's exit code."""
    directory = HERE / f"v{version()}"
    directory.mkdir(exist_ok=True)
    os.environ["COMMS_RECORD_HISTORIES"] = str(directory)
    places = [HERE.parent / "workflows", HERE.parent / "starter" / "test_report_schedules.py"]
    return pytest.main([*map(str, places), "-q", "-k", WORTH_KEEPING])


if __name__ == "__main__":
    sys.exit(main())
