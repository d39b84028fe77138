"""`make clean-state`: forget everything local stacks have kept, unless one is running."""

import argparse
import shutil
import sys
from pathlib import Path

from deploy.local.directory_lock import AlreadyRunning, DirectoryLock
from deploy.local.leftovers import ProcessRecord
from deploy.local.site import REPOSITORY


def forget(state: Path) -> bool:
    """Delete one state directory and end what a killed run left running there; False when there is none.

    Raises:
        AlreadyRunning: a stack runs in it; nothing has been deleted.
    """
    if not state.is_dir():
        return False
    with DirectoryLock(state):
        ProcessRecord(state / "pids.json").end_leftovers()
        shutil.rmtree(state)
    return True


def main() -> int:
    """Run the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.clean_state", description=__doc__)
    kept = REPOSITORY / ".local"
    parser.add_argument("directories", nargs="*", type=Path, default=[kept / "run", kept / "demo"])
    for state in parser.parse_args().directories:
        try:
            said = "forgot" if forget(state) else "nothing kept in"
        except AlreadyRunning as error:
            print(error, file=sys.stderr)
            return 1
        print(f"{said} {state}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
