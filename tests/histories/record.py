"""`make histories`: run every path of the workflows for real and keep its history for the replay test.

Histories of earlier versions stay: they stand for runs that are still under way somewhere.
"""

import os
import sys
import tomllib
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def main() -> int:
    """Record into the directory of this version; return pytest's exit code."""
    version = tomllib.loads((HERE.parents[1] / "pyproject.toml").read_text())["project"]["version"]
    directory = HERE / f"v{version}"
    directory.mkdir(exist_ok=True)
    os.environ["COMMS_RECORD_HISTORIES"] = str(directory)
    return pytest.main([str(HERE.parent / "workflows"), "-q", "-k", "not malformed or aprove"])


if __name__ == "__main__":
    sys.exit(main())
