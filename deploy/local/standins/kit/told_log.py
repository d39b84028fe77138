"""What a stand-in tells its customer of its own accord: one JSON line each, written before it is told, ids only.

Whatever came in at the customer's under this provider's name and is not here was forged. A killed stand-in loses no line, a
machine that loses its power may: nothing is synced, because news is told often.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path


class ToldLog:
    """`<name>.told.jsonl` in a directory. Several processes and threads may write to it."""

    def __init__(self, directory: Path, name: str) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._file = os.open(directory / f"{name}.told.jsonl", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def append(self, *told: str, token: str | None = None) -> None:
        """Note one thing that is about to be told.

        Args:
            told: what it is known by: the id of the message, and what is new about it.
            token: the customer's own mark of the attempt, where the address has one.
        """
        line = {"at": datetime.now(UTC).isoformat(), "told": told, "token": token}
        os.write(self._file, json.dumps(line).encode() + b"\n")

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
