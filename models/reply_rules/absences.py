"""Until when somebody says to be away: `until December 7`, `returning 12/07`, `hasta el 7 de diciembre`, `back on Monday`.

Only the usual forms are read, and a date only behind a word that says it ends the absence. What is not certain is no date.
"""

import re
import unicodedata
from datetime import date, timedelta

LONGEST = timedelta(days=180)
"""A date further away is taken for a misreading."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan enero ene", "february feb febrero", "march mar marzo", "april apr abril abr", "may mayo",
            "june jun junio", "july jul julio", "august aug agosto ago", "september sept sep septiembre setiembre",
            "october oct octubre", "november nov noviembre", "december dec diciembre dic",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        ("monday mon lunes", "tuesday tue tues martes", "wednesday wed miercoles", "thursday thu thurs jueves",
         "friday fri viernes", "saturday sat sabado", "sunday sun domingo")
    )
    for name in names.split()
}  # fmt: skip
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DAY_OF_WEEK = "|".join(sorted(_WEEKDAYS, key=len, reverse=True))
_ENDS = (
    r"(?:until|till|through|thru|return(?:ing|s)?(?: to (?:the )?(?:office|work))?|(?:be |am "
    r"|im )?back(?: in (?:the )?office)?"
    r"|hasta|regres\w+|vuelv\w+|volver\w*|retorn\w+|reincorpor\w+)"
)
_LEAD = rf"\b{_ENDS}(?: (?:on|the|el|la|dia|proximo|next|this|by|a|al|oficina|{_DAY_OF_WEEK}))*,? "
_NAMED = re.compile(
    rf"{_LEAD}(?:(?P<month>{_MONTH})\.? (?P<day>\d{{1,2}})|(?P<day2>\d{{1,2}})(?: de| of)? (?P<month2>{_MONTH}))"
    r"(?:,? (?:de |del )?(?P<year>20\d\d))?\b"
)
_ISO = re.compile(rf"{_LEAD}(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b")
_SLASHED = re.compile(rf"{_LEAD}(?P<first>\d{{1,2}})[/.-](?P<second>\d{{1,2}})(?:[/.-](?P<year>(?:20)?\d\d))?\b")
_WEEKDAY = re.compile(rf"\b{_ENDS}(?: (?:on|the|el|proximo|next|this|this coming))* (?P<weekday>{_DAY_OF_WEEK})\b")
_TOMORROW = re.compile(rf"\b{_ENDS} (?:tomorrow|manana)\b")
_SPANISH = re.compile(r"\b(?:hasta|regres\w+|vuelv\w+|volver\w*|retorn\w+|oficina|vacaciones)\b")


def away_until(text: str, today: date) -> date | None:
    """Return the last or first day that a text names as the end of an absence; None if it names none for certain.

    Args:
        text: the words of an automatic reply.
        today: the day it came, where its writer is. A day without a year is the next one of that name; `12/07` is
            December 7 in an English text and July 12 in a Spanish one, unless only one reading exists.
    """
    plain = "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if unicodedata.category(c) != "Mn")
    plain = re.sub(r"(\d)(?:st|nd|rd|th)\b", r"\1", re.sub(r"[\s:;!'\u2019]+", " ", plain))
    plain = plain.replace("i m ", "im ")
    found = [day for day in _named_days(plain, today) if today <= day <= today + LONGEST]
    return max(found) if found else None


def _named_days(plain: str, today: date) -> list[date]:
    days: list[date | None] = []
    for match in _NAMED.finditer(plain):
        month = _MONTHS[match["month"] or match["month2"]]
        days.append(_day(match["year"], month, int(match["day"] or match["day2"]), today))
    for match in _ISO.finditer(plain):
        days.append(_day(match["year"], int(match["month"]), int(match["day"]), today))
    for match in _SLASHED.finditer(plain):
        one, two = int(match["first"]), int(match["second"])
        day_first = one > 12 or (two <= 12 and _SPANISH.search(plain) is not None)
        month, day = (two, one) if day_first else (one, two)
        days.append(_day(match["year"], month, day, today))
    for match in _WEEKDAY.finditer(plain):
        days.append(today + timedelta(days=(_WEEKDAYS[match["weekday"]] - today.weekday() - 1) % 7 + 1))
    if _TOMORROW.search(plain):
        days.append(today + timedelta(days=1))
    return [day for day in days if day is not None]


def _day(year: str | None, month: int, day: int, today: date) -> date | None:
    """Return a day, or None if there is none; without a year it is the next one that comes."""
    try:
        if year:
            return date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
        this_year = date(today.year, month, day)
        return this_year if this_year >= today else date(today.year + 1, month, day)
    except ValueError:
        return None
