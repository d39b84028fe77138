"""What a sending rule says, by kind: hours of the week, holidays, a cap, or who gives way to whom."""

import re
from datetime import date, time, timedelta
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from models.holidays import calendars, is_holiday
from models.quiet_hours import Hours

LONGEST_CAP = timedelta(days=31)
"""Touches older than this are not looked at, so no cap may count them."""
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SATURDAY = 6
_SPAN = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
CLOSED = "closed"


class _Terms(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _hours(written: Any) -> Any:
    if not isinstance(written, str) or written == CLOSED:
        return written
    found = _SPAN.fullmatch(written.strip())
    if found is None:
        raise ValueError("write hours as 08:00-21:00, or closed")
    opens, opens_minute, closes, closes_minute = (int(part) for part in found.groups())
    if opens > 23 or closes > 24 or max(opens_minute, closes_minute) > 59 or (closes == 24 and closes_minute):
        raise ValueError("there is no such time of day")
    return Hours(opens=time(opens, opens_minute), closes=time(closes % 24, closes_minute))


Day = Annotated[Hours | Literal["closed"], BeforeValidator(_hours)] | None


class HoursTerms(_Terms):
    """Hours in which messages may leave, `08:00-21:00` or `closed`, local wall time. A nearer name wins over a wider one."""

    daily: Day = None
    weekdays: Day = None
    """Monday to Friday."""
    weekend: Day = None
    monday: Day = None
    tuesday: Day = None
    wednesday: Day = None
    thursday: Day = None
    friday: Day = None
    saturday: Day = None
    sunday: Day = None
    zone: str | None = None
    """The zone of these wall times, if it is not the recipient's."""

    @model_validator(mode="after")
    def _whole_week(self) -> Self:
        if missing := [name for number, name in enumerate(_DAYS, 1) if self._named(number) is None]:
            raise ValueError(f"say what holds on a {missing[0]}")
        if self.zone is not None and self.zone not in available_timezones():
            raise ValueError("zone: give an IANA time zone, such as America/New_York")
        return self

    def on(self, day: date) -> Hours | None:
        """Return the hours of a local date; None if it is shut."""
        named = self._named(day.isoweekday())
        return named if isinstance(named, Hours) else None

    def _named(self, weekday: int) -> Hours | Literal["closed"] | None:
        wider = self.weekend if weekday >= _SATURDAY else self.weekdays
        own: Hours | Literal["closed"] | None = getattr(self, _DAYS[weekday - 1])
        return own or wider or self.daily


class HolidayTerms(_Terms):
    """Dates, local to the recipient, on which nothing leaves."""

    calendar: str | None = None
    dates: tuple[date, ...] = ()

    @model_validator(mode="after")
    def _names_a_day(self) -> Self:
        if self.calendar is None and not self.dates:
            raise ValueError(
                "name a calendar (us_federal, a state such as US-LA, CA, a province such as CA-QC) or dates"
            )
        if self.calendar is not None and self.calendar not in calendars():
            raise ValueError(
                "no such calendar; name us_federal, a state such as US-LA, CA, or a province such as CA-QC"
            )
        return self

    def shut(self, day: date) -> bool:
        """Return whether nothing leaves on a local date."""
        return day in self.dates or (self.calendar is not None and is_holiday(self.calendar, day))


class CapTerms(_Terms):
    """How much automation one address, or one enrolment, gets. Exactly one of three forms."""

    messages: int | None = Field(None, ge=1)
    within: timedelta | None = Field(None, gt=timedelta(0), le=LONGEST_CAP)
    """`messages` in any such span, to one address, over all runs of a client. Without it: in one enrolment."""
    ends_after: timedelta | None = Field(None, gt=timedelta(0))
    """Nothing more is sent this long after the person was last in contact."""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.messages is None) == (self.ends_after is None) or (self.ends_after and self.within):
            raise ValueError("give messages and within, messages alone (of one enrolment), or ends_after alone")
        return self


class PriorityTerms(_Terms):
    """Kinds of run, those that come first in the first group. A run waits while one of an earlier group is open."""

    order: tuple[tuple[str, ...], ...] = Field(min_length=1)

    def outranking(self, kind: str, others: set[str]) -> set[str]:
        """Return which of these kinds come before `kind`. A kind that is not named neither waits nor makes wait."""
        rank = {name: place for place, group in enumerate(self.order) for name in group}
        return {other for other in others if other in rank and kind in rank and rank[other] < rank[kind]}


Terms = HoursTerms | HolidayTerms | CapTerms | PriorityTerms
