"""Figures as a client reads them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from models.digests.caveats import Caveat, CaveatCode
from models.digests.figures import Figure, Period, Unit, change

OCTOBER = Period(first=date(2026, 10, 1), last=date(2026, 10, 31))
AUGUST = Period(first=date(2026, 8, 1), last=date(2026, 8, 31))
NOW = datetime(2026, 11, 3, tzinfo=UTC)


def figure(value: str, unit: Unit = Unit.COUNT, period: Period = OCTOBER, basis: str = "") -> Figure:
    return Figure(
        key="k", label="Calls", value=Decimal(value), unit=unit, source="calls", period=period, as_of=NOW, basis=basis
    )


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        ("1234", Unit.COUNT, "1,234"), ("12400", Unit.USD, "$12,400"), ("12400.5", Unit.USD, "$12,400.50"),
        ("-20", Unit.USD, "-$20"), ("3.25", Unit.PERCENT, "3.2%"), ("7.06", Unit.POSITION, "7.1"),
    ],
)  # fmt: skip
def test_a_figure_is_shown_by_its_unit(value: str, unit: Unit, shown: str) -> None:
    assert figure(value, unit).shown == shown


def test_a_change_is_shown_in_whole_percent() -> None:
    assert change(figure("140"), figure("100", period=AUGUST)) == "+40%"
    assert change(figure("60"), figure("100", period=AUGUST)) == "-40%"
    assert change(figure("100.1"), figure("100", period=AUGUST)) == "0%"


def test_no_change_is_shown_on_a_small_base_for_unlike_periods_or_for_a_position() -> None:
    assert change(figure("14"), figure("9", period=AUGUST)) is None
    half = Period(first=date(2026, 9, 1), last=date(2026, 9, 15))
    assert change(figure("140"), figure("100", period=half)) is None
    assert change(figure("3", Unit.POSITION), figure("30", Unit.POSITION, AUGUST)) is None


def test_paid_is_never_compared_with_invoiced() -> None:
    with pytest.raises(ValueError, match="one basis"):
        change(figure("140", Unit.USD, basis="paid"), figure("100", Unit.USD, AUGUST, basis="invoiced"))


@pytest.mark.parametrize("code", CaveatCode)
def test_every_caveat_is_a_sentence(code: CaveatCode) -> None:
    some = {"complete_through": OCTOBER.last, "synced_at": NOW, "first": OCTOBER.first, "last": OCTOBER.last}
    words = dict.fromkeys(("basis", "model", "label", "period", "before", "now", "source"), "last click")
    sentence = Caveat(code=code, particulars={**some, **words, "count": 3}).sentence
    assert sentence.endswith(".")
    assert "{" not in sentence
