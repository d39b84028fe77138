"""The calendar beside a timetable: when a follow-up may leave, which days are shut, when the clocks change."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import Session

from models.database.sending.rules_in_force import rule_book
from models.database.tables.people import Client, Lead
from models.quiet_hours import next_opening
from models.rule_book import Addressed, RuleBook
from models.rule_terms import HolidayTerms, HoursTerms
from models.rule_words import in_words
from models.sending_rules import SendingRule
from models.simulating.timetable import ClockChange, ShutDay, Span
from models.terms import Channel
from models.zones import Whereabouts, whereabouts

_DAY = timedelta(days=1)
_AHEAD = timedelta(days=3)


class Rules(NamedTuple):
    """What holds for a follow-up to somebody."""

    book: RuleBook
    rules: tuple[SendingRule, ...]
    client_id: UUID


def whereabouts_of(client: Client, lead: Lead, chosen: str) -> Whereabouts:
    """Return where a lead may be, the likeliest zone first: what was chosen or is known, else the client's own."""
    found = whereabouts(lead.phone or None, lead.region, client.time_zone, lead.time_zones)
    likeliest = chosen or next(iter(lead.time_zones), None)
    of_place = [zone for zone in found.zones if zone != client.time_zone] if lead.region else []
    first = likeliest or next(iter(of_place), client.time_zone)
    return found._replace(zones=(first, *(zone for zone in found.zones if zone != first)))


def rules_for(session: Session, client_id: UUID, places: Sequence[str]) -> Rules:
    """Return what holds for a text that is no immediate answer."""
    book = rule_book(session, client_id)
    rules = book.concerning(Addressed(client_id, Channel.SMS, tuple(places)), immediate=False)
    return Rules(book, rules, client_id)


def open_hours(rules: Rules, zones: Sequence[str], start: datetime, end: datetime) -> tuple[Span, ...]:
    """Return when a follow-up may leave, in every zone at once, from the day of the start to that of the end."""
    return tuple(_spans(rules, zones, start - _DAY, end + _DAY))


def _spans(rules: Rules, zones: Sequence[str], start: datetime, end: datetime) -> Iterator[Span]:
    tables = rules.book.timetables(rules.rules, zones, rules.client_id)
    at = start
    while at < end and (opening := next_opening(at, tables)) is not None and opening.start < end:
        closes = opening.end or opening.start + _AHEAD
        yield Span(start=opening.start, end=min(closes, end))
        at = closes


def shut_days(rules: Rules, zone: str, start: datetime, end: datetime) -> tuple[ShutDay, ...]:
    """Return the local dates on which a rule lets nothing leave, and which one that is."""
    return tuple(_shut(rules, zone, start, end))


def _shut(rules: Rules, zone: str, start: datetime, end: datetime) -> Iterator[ShutDay]:
    for day in _days(zone, start, end):
        in_force = rules.book.in_force(rules.rules, day, rules.client_id)
        shutting = [rule for rule in in_force if _shuts(rule, day)]
        if shutting:
            yield ShutDay(day=day, why="; ".join(in_words(rule) for rule in shutting))


def _shuts(rule: SendingRule, day: date) -> bool:
    if isinstance(rule.terms, HolidayTerms):
        return rule.terms.shut(day)
    return isinstance(rule.terms, HoursTerms) and rule.terms.on(day) is None


def clock_changes(zones: Sequence[str], start: datetime, end: datetime) -> tuple[ClockChange, ...]:
    """Return when the clocks of any of the zones change."""
    found = [change for zone in zones for change in _changes(zone, start, end)]
    return tuple(sorted(found, key=lambda change: (change.at, change.zone)))


def _changes(zone: str, start: datetime, end: datetime) -> Iterator[ClockChange]:
    hour, tz = timedelta(hours=1), ZoneInfo(zone)
    at = start.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    while at < end:
        before, after = at.astimezone(tz).utcoffset(), (at + hour).astimezone(tz).utcoffset()
        if before != after and before is not None and after is not None:
            yield ClockChange(zone=zone, at=at + hour, by_minutes=round((after - before).total_seconds() / 60))
        at += hour


def _days(zone: str, start: datetime, end: datetime) -> Iterator[date]:
    day, last = start.astimezone(ZoneInfo(zone)).date(), end.astimezone(ZoneInfo(zone)).date()
    while day <= last:
        yield day
        day += _DAY
