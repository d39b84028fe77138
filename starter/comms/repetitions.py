"""What a dry run must remember itself: nothing of an earlier part of the file was stored."""

from collections.abc import Iterable
from typing import Any

_STARTS = frozenset({"accepted", "duplicate"})
"""States of rows after which the same person has a run."""


class Repetitions:
    """Rows and people of the parts of a file that came before."""

    def __init__(self) -> None:
        self._rows: set[str] = set()
        self._people: set[str] = set()

    def seen(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the rows of the next part as they would be if those before had been stored, and remember them."""
        return [row | self._as_repeated(row) for row in rows]

    def _as_repeated(self, row: dict[str, Any]) -> dict[str, str]:
        itself, people = row.get("itself", ""), set(row.get("addresses", ()))
        if itself and itself in self._rows:
            return {"state": "already_imported"}
        self._rows.add(itself)
        known = not people.isdisjoint(self._people)
        if known or row["state"] in _STARTS:
            self._people |= people
        return {"state": "duplicate"} if known and row["state"] in ("accepted", "kept") else {}
