from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.reply_rules.absences import LONGEST, away_until

TODAY = date(2026, 11, 21)  # a Saturday


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("I am out of the office until December 7.", date(2026, 12, 7)),
        ("Out of office until Monday, December 7th", date(2026, 12, 7)),
        ("I'm on leave through Dec. 7, 2026 with limited access", date(2026, 12, 7)),
        ("returning on 7 December", date(2026, 12, 7)),
        ("I will be out from 11/23 and back on 11/30", date(2026, 11, 30)),
        ("away until 12/07", date(2026, 12, 7)),
        ("Back 2026-12-07.", date(2026, 12, 7)),
        ("I will be back on January 4th", date(2027, 1, 4)),
        ("Out until Monday", date(2026, 11, 23)),
        ("I'm back tomorrow", date(2026, 11, 22)),
        ("Estoy fuera de la oficina hasta el 7 de diciembre.", date(2026, 12, 7)),
        ("Estaré de vacaciones hasta el lunes 7 de diciembre de 2026", date(2026, 12, 7)),
        ("Regreso el 07/12", date(2026, 12, 7)),
        ("vuelvo el miércoles", date(2026, 11, 25)),
        ("hasta el 15/12", date(2026, 12, 15)),
        ("I am out of the office.", None),
        ("Out since November 2", None),
        ("until February 30", None),
        ("until December 7, 2031", None),
        ("Call me at 555-0112", None),
        ("", None),
    ],
)
def test_an_absence_ends_on_the_day_it_names(text: str, until: date | None) -> None:
    assert away_until(text, TODAY) == until


@given(st.text(max_size=200), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_no_text_names_a_day_in_the_past_or_far_away(text: str, today: date) -> None:
    until = away_until(f"until {text} back {text}", today)
    assert until is None or today <= until <= today + LONGEST
