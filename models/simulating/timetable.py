"""What a simulation shows: when everything happens, what would be said, and where the clocks and calendars stand."""

from datetime import date, datetime
from enum import StrEnum

from models.frozen import Frozen
from models.terms import Channel


class What(StrEnum):
    """What a row of the timetable is about."""

    BEGINS = "begins"
    WAITS = "waits"
    HELD = "held"
    SENT = "sent"
    NOT_SENT = "not_sent"
    COMES_IN = "comes_in"
    """Something from outside: a reply, an opt-out, a report of the provider."""
    DECIDED = "decided"
    """What a person does: a decision, a pause, a resume, a stop."""
    ENDS = "ends"


class Row(Frozen):
    """One line of the timetable. Moments are UTC."""

    at: datetime
    what: What
    step: str = ""
    says: str
    why: tuple[str, ...] = ()
    until: datetime | None = None
    code: str = ""
    """The kind of event, or the reason of a hold."""


class SimulatedMessage(Frozen):
    """One message as it would be written, and what becomes of it."""

    step: str
    occurrence: int
    channel: Channel
    subject: str
    body: str
    due_at: datetime | None
    """When it was first to leave."""
    sent_at: datetime | None
    standing: str


class Span(Frozen):
    """From one moment (UTC) to another."""

    start: datetime
    end: datetime


class ClockChange(Frozen):
    """A change of the clocks in one of the zones."""

    zone: str
    at: datetime
    by_minutes: int


class ShutDay(Frozen):
    """A local date on which nothing but an immediate answer may leave, by a calendar or a rule."""

    day: date
    why: str


class Timetable(Frozen):
    """The whole result."""

    sequence: str
    version: int
    title: str
    client: str
    zones: tuple[str, ...]
    """Every zone the recipient may be in; the first is theirs, as far as one can say."""
    places: tuple[str, ...]
    agency_zone: str
    start: datetime
    end: datetime
    """When the run has ended; the end of the simulation if it is still open."""
    outcome: str | None
    disposition: str
    open_until: datetime
    rows: tuple[Row, ...]
    messages: tuple[SimulatedMessage, ...]
    open_hours: tuple[Span, ...]
    """When a follow-up may leave, in every zone at once."""
    shut_days: tuple[ShutDay, ...]
    clock_changes: tuple[ClockChange, ...]
    assumptions: tuple[str, ...]
