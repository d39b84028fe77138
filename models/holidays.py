"""Days on which some rules let nothing leave."""

from datetime import date, timedelta

_DAY = timedelta(days=1)
_FIXED = frozenset({(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)})
_FRIDAY, _MONDAY, _THURSDAY = 5, 1, 4


def is_federal_holiday(day: date) -> bool:
    """Return whether `day` is a US federal holiday (5 U.S.C. 6103) or the weekday on which one is observed."""
    weekday = day.isoweekday()
    near = [day, *([day + _DAY] if weekday == _FRIDAY else []), *([day - _DAY] if weekday == _MONDAY else [])]
    if any((d.month, d.day) in _FIXED for d in near):
        return True
    nth = (day.day + 6) // 7
    if weekday == _MONDAY:
        return (day.month, nth) in {(1, 3), (2, 3), (9, 1), (10, 2)} or (day.month == 5 and day.day > 24)
    return (day.month, nth, weekday) == (11, 4, _THURSDAY)
