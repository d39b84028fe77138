"""Directories for what lasts no longer than a test: in memory where there is room, because databases are made by the thousand.

To make and drop a database takes twenty times as long on a disk. The servers' own settings stay those of the stack.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

MEMORY = Path("/dev/shm")
ROOM = 4 * 2**30
"""Bytes that must be free there: servers of several processes, each with a gigabyte of write-ahead log at most."""


@contextmanager
def directory() -> Iterator[Path]:
    """A directory outside pytest's own, which every session of pytest closes to other accounts.

    PostgreSQL runs under another account when the tests run as root.
    """
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    with TemporaryDirectory(prefix="comms-test-", dir=MEMORY if roomy else None, ignore_cleanup_errors=True) as name:
        yield Path(name)
