"""Figures that a client reads: each with source, period and the moment it was read; a change only if it means something."""

from calendar import monthrange
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Self

from pydantic import model_validator

from models.frozen import Frozen

SMALL = 10
"""Below this a change in percent says nothing."""


class Unit(StrEnum):
    """What a figure counts."""

    COUNT = "count"
    USD = "USD"
    CAD = "CAD"
    GBP = "GBP"
    EUR = "EUR"
    AUD = "AUD"
    PERCENT = "percent"
    POSITION = "position"


SYMBOLS = {Unit.USD: "$", Unit.CAD: "CA$", Unit.GBP: "£", Unit.EUR: "€", Unit.AUD: "A$"}
"""Currencies that a report can show. One figure has one currency; none is ever converted here."""


class Period(Frozen):
    """Whole days in the client's zone, both ends included."""

    first: date
    last: date

    @model_validator(mode="after")
    def _begins_before_it_ends(self) -> Self:
        if self.first > self.last:
            raise ValueError("a period begins before it ends")
        return self

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def is_month(self) -> bool:
        """Whether it is one whole calendar month."""
        return self.first.day == 1 and self.last == self.first.replace(
            day=monthrange(self.first.year, self.first.month)[1]
        )

    def is_like(self, other: "Period") -> bool:
        """Whether totals of both may be compared: equally many days, or a whole month each, as people compare months."""
        return self.days == other.days or self.is_month and other.is_month

    @property
    def in_words(self) -> str:
        """The period as it is shown."""
        return f"{_day(self.first)} to {_day(self.last)}"


class Figure(Frozen):
    """One number with its proof. The only way for a number to reach a report."""

    key: str
    label: str
    value: Decimal
    unit: Unit
    source: str
    """Which source gave it, and under which id: `search_console/site`, `quickbooks/invoices`."""
    period: Period
    as_of: datetime
    """When it was read from the source; aware."""
    basis: str = ""
    """For money: `invoiced`, `paid` or `estimated`; they are never added up."""

    @property
    def shown(self) -> str:
        """The number as a client reads it."""
        if self.unit in SYMBOLS:
            whole = self.value == self.value.to_integral_value()
            sign = "-" if self.value < 0 else ""
            return f"{sign}{SYMBOLS[self.unit]}{abs(self.value):,.{0 if whole else 2}f}"
        if self.unit is Unit.PERCENT:
            return f"{_rounded(self.value, '0.1')}%"
        if self.unit is Unit.POSITION:
            return f"{_rounded(self.value, '0.1')}"
        return f"{self.value:,.0f}"


def change(now: Figure, before: Figure) -> str | None:
    """Return the change between two figures of one kind as it is shown, None if a share would mislead.

    Raises:
        ValueError: they do not count the same thing, or not on the same basis.
    """
    if (now.key, now.unit, now.basis) != (before.key, before.unit, before.basis):
        raise ValueError("only figures of one kind and one basis are compared")
    if now.unit is Unit.POSITION or abs(before.value) < SMALL or not now.period.is_like(before.period):
        return None
    share = _rounded((now.value - before.value) / abs(before.value) * 100, "1")
    return f"{'+' if share > 0 else ''}{share}%"


def _rounded(value: Decimal, to: str) -> Decimal:
    return value.quantize(Decimal(to), ROUND_HALF_EVEN) + 0  # no minus before a zero


def _day(day: date) -> str:
    return f"{day:%b} {day.day}, {day.year}"
