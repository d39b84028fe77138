"""Finding out what kind of line a number is before a text goes to it. It costs money, so it is off unless set up."""

from typing import Protocol, TypeVar

from models.line_types import LineType
from models.sending import SendStep

N = TypeVar("N", bound="ANumber")


class ANumber(Protocol):
    """A number to look up."""

    @property
    def phone(self) -> str:
        """E.164."""


class KnownLines(Protocol[N]):
    """What is known. See `models.database.line_types`."""

    def due(self, step: SendStep) -> N | None:
        """Return the number to look up, or None if it is known, not a phone's, or beyond the budget."""
        ...

    def keep(self, number: N, line_type: LineType) -> None:
        """Remember what it is."""
        ...


class LineLookup(Protocol):
    """Who knows lines."""

    def line_type(self, phone: str) -> LineType:
        """Return what kind of line a number (E.164) is; `unknown` if that cannot be found out now. Never raises."""
        ...


class LookUpFirst:
    """Looks a number up before the claim of a text to it, outside of every lock. The gate reads what came of it.

    Args:
        known: what is known, and the budget.
        lookup: who is asked.
    """

    def __init__(self, known: KnownLines[N], lookup: LineLookup) -> None:
        self._known: KnownLines[N] = known
        self._lookup = lookup

    def __call__(self, step: SendStep) -> None:
        """Look up, if that is due. What cannot be found out blocks nothing."""
        number = self._known.due(step)
        if number is not None:
            self._known.keep(number, self._lookup.line_type(number.phone))
