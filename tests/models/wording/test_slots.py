"""Numbers get into a client's text through slots only."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from models.digests.figures import Figure, Period, Unit
from models.errors import UnusableTemplate
from models.wording.slots import At, Change, Day, Name, Number, Slot, Span, Words, fill

MAY = Period(first=date(2026, 5, 1), last=date(2026, 5, 31))
APRIL = Period(first=date(2026, 4, 1), last=date(2026, 5, 1))
READ = datetime(2026, 6, 2, 15, 4, tzinfo=UTC)


def figure(value: str, unit: Unit = Unit.COUNT, period: Period = MAY) -> Figure:
    return Figure(key="k", label="l", value=Decimal(value), unit=unit, source="ads/1", period=period, as_of=READ)


SLOTS: dict[str, Slot] = {
    "calls": Number(figure=figure("1234")),
    "revenue": Number(figure=figure("12400", Unit.USD)),
    "more": Change(now=figure("60"), before=figure("40", period=APRIL)),
    "few": Change(now=figure("6"), before=figure("4", period=APRIL)),
    "month": Span(period=MAY),
    "day": Day(day=date(2026, 6, 2)),
    "at": At(moment=READ, zone="America/Denver"),
    "client": Name(text="A1 Plumbing"),
    "words": Words(text="the phone lines"),
}


def test_a_text_is_filled_and_says_which_figures_it_shows() -> None:
    filled = fill(
        "{{ client }}: {{ month }}",
        "You had {{calls}} calls ({{ more }}), worth {{ revenue }}, on {{ words }}. Read {{ at }}; due {{ day }}.",
        SLOTS,
    )

    assert filled.subject == "A1 Plumbing: May 1, 2026 to May 31, 2026"
    assert filled.body == (
        "You had 1,234 calls (+50%), worth $12,400, on the phone lines. Read Jun 2, 2026, 9:04 AM MDT; due Jun 2, 2026."
    )
    assert set(filled.figures) == {"1,234", "+50%", "$12,400"}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("You had 41 calls.", "a number stands in the text itself"),
        ("You had {{ calls }} calls, 40% more.", "a number stands in the text itself"),
        ("You had {{ made_up }} calls.", "there is no slot made_up"),
        ("You had {{ calls.real }} calls.", "curly brackets"),
        ("You had {calls} calls.", "curly brackets"),
        ("Calls: {{ few }}.", "slot few: a change in percent would mislead"),
    ],
)
def test_a_text_with_a_number_or_a_slot_of_its_own_is_refused(body: str, why: str) -> None:
    with pytest.raises(UnusableTemplate, match=why):
        fill("", body, SLOTS)


@pytest.mark.parametrize(
    ("slot", "why"),
    [
        (Words(text="41 calls"), "holds a number"),
        (Name(text="Save $500 Plumbing"), "holds a number"),
        (Name(text="{{ calls }}"), "holds curly brackets"),
        (Words(text="  "), "is empty"),
    ],
)
def test_a_slot_of_words_brings_no_number_in(slot: Slot, why: str) -> None:
    with pytest.raises(UnusableTemplate, match=f"^slot it {why}"):
        fill("", "Hello {{ it }}.", {"it": slot})
