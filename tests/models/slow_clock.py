"""A slow, independent judge of allowed hours: it reads the shipped file itself and looks at one minute at a time."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

SHIPPED = Path(__file__).parents[2] / "models" / "shipped" / "sending_rules.yaml"
RULES: list[dict[str, Any]] = yaml.safe_load(SHIPPED.read_text())["rules"]
MINUTE = timedelta(minutes=1)
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOLIDAYS = {
    *("2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03", "2026-07-04", "2026-09-07"),
    *("2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25", "2027-01-01", "2027-01-18", "2027-02-15", "2027-05-31"),
    *("2027-06-18", "2027-06-19", "2027-07-04", "2027-07-05", "2027-09-06", "2027-10-11", "2027-11-11", "2027-11-25"),
    *("2027-12-24", "2027-12-25", "2027-12-31"),
}
"""As opm.gov lists them for 2026 and 2027: the days themselves and those on which they are observed."""
OWN_HOLIDAYS = {
    "US-AL": {"2026-04-27", "2026-06-01", "2027-04-26", "2027-06-07"},
    "US-LA": {"2026-02-17", "2026-04-03", "2026-11-03", "2027-02-09", "2027-03-26"},
    "US-PA": {"2026-11-27", "2027-11-26"},
    "US-RI": {"2026-08-10", "2027-08-09"},
    "us_federal": set(),
}
"""As the states list them for 2026 and 2027, beside the federal ones."""
OTHERS = (
    *("Pacific/Honolulu", "Pacific/Pago_Pago", "America/Mexico_City", "Europe/London", "Africa/Casablanca"),
    *("America/Havana", "America/Santiago", "Asia/Beirut", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Kathmandu"),
)
"""Zones whose clocks change at midnight, by half an hour, or in Ramadan; and some beside."""


def zones_of(*countries: str) -> list[str]:
    """Every IANA zone of these countries (ISO 3166), as the tz database lists them."""
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text().splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    return sorted(row[2] for row in rows if row[0] in countries)


def clock_changes(zone: str, year: int = 2026) -> list[date]:
    """The UTC dates within which the clocks of a zone change."""
    noons = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(366)]
    offsets = [noon.astimezone(ZoneInfo(zone)).utcoffset() for noon in noons]
    return [noons[n].date() for n in range(365) if offsets[n] != offsets[n + 1]]


Judge = Callable[[datetime, str], bool]


def by(hours: Mapping[str, str]) -> Judge:
    """A judge by the hours of one rule, in minutes of the local day."""

    def judge(at: datetime, zone: str) -> bool:
        wall = at.astimezone(ZoneInfo(hours.get("zone", zone)))
        day = DAYS[wall.weekday()]
        wider = "weekend" if wall.weekday() > 4 else "weekdays"
        span = hours.get(day) or hours.get(wider) or hours["daily"]
        if span == "closed":
            return False
        opens, closes = (int(end[:2]) * 60 + int(end[3:]) for end in span.split("-"))
        return opens <= wall.hour * 60 + wall.minute < closes

    return judge


def shipped(places: list[str], *, immediate: bool) -> Judge:
    """A judge by every shipped rule for somebody in these places; none means that nothing tells where."""

    @cache
    def in_force(day: date) -> list[dict[str, Any]]:
        return [rule for rule in RULES if _holds(rule, places, immediate, day)]

    @cache  # each minute is looked at twice: as one to start in, and as the one after
    def judge(at: datetime, zone: str) -> bool:
        return all(_allows(rule, at, zone) for rule in in_force(at.astimezone(ZoneInfo(zone)).date()))

    return judge


def _holds(rule: dict[str, Any], places: list[str], immediate: bool, day: date) -> bool:
    if rule["kind"] not in ("hours", "holidays") or (immediate and rule.get("reach") == "follow_up"):
        return False
    in_place = rule.get("place") in (None, *places, *(place[:2] for place in places))
    if not places:
        in_place = rule.get("place") in (None, "unknown", "US")
    newer = [one for one in RULES if one.get("supersedes") == rule["key"] and one["valid_from"] <= day]
    return in_place and rule["valid_from"] <= day and not newer


def _allows(rule: dict[str, Any], at: datetime, zone: str) -> bool:
    if rule["kind"] == "holidays":
        day = at.astimezone(ZoneInfo(zone)).date().isoformat()
        return day not in HOLIDAYS and day not in OWN_HOLIDAYS[rule["value"]["calendar"]]
    return by(rule["value"])(at, zone)


def may_leave(at: datetime, zones: list[str], judge: Judge) -> bool:
    """Whether a send may start: open in every zone now, and still a minute later."""
    return all(judge(at, zone) and judge(at + MINUTE, zone) for zone in zones)


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += MINUTE
