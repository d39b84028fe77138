"""A timetable as lines for people: by days, in the time of the lead and of the agency."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.simulating.spans import in_words
from models.simulating.timetable import Row, SimulatedMessage, Timetable, What

WHAT = {
    What.BEGINS: "begins",
    What.WAITS: "waits",
    What.HELD: "held",
    What.SENT: "would be sent",
    What.NOT_SENT: "is not sent",
    What.COMES_IN: "comes in",
    What.DECIDED: "people",
    What.ENDS: "ends",
}
COLUMNS = ("day", "lead's time", "agency's time", "step", "what", "why, and until when")
OUTCOMES = {
    "replied": "The lead has replied; automation ends and a person goes on.",
    "no_response": "Nobody has answered; the lead is closed as lost.",
    "opted_out": "The lead has opted out.",
    "no_consent": "What the lead has permitted does not cover it.",
    "not_approved": "Nobody has approved the wording in time, or it was rejected. Add a decision to see it go on.",
    "unreachable": "No message can reach the lead.",
    "expired": "Every message became stale before it could leave.",
    "stopped": "A person has stopped it.",
    "given_to_person": "It was given to a person.",
}


class Line(NamedTuple):
    """One row, as it is shown. `day` is empty where it is that of the line before."""

    day: str
    local: str
    agency: str
    step: str
    what: str
    says: str
    row: Row


def lines(table: Timetable) -> Iterator[Line]:
    """Return the rows in the lead's likeliest zone and the agency's."""
    theirs, ours = ZoneInfo(table.zones[0]), ZoneInfo(table.agency_zone)
    before = ""
    for row in table.rows:
        local, agency = row.at.astimezone(theirs), row.at.astimezone(ours)
        day = f"{local:%a %d %b %Y}"
        away = "" if agency.date() == local.date() else f"{agency:%a} "
        yield Line(
            day="" if day == before else day,
            local=f"{local:%H:%M %Z}",
            agency=f"{away}{agency:%H:%M %Z}",
            step=row.step,
            what=WHAT[row.what],
            says=_says(row, theirs),
            row=row,
        )
        before = day


def ending(table: Timetable) -> str:
    """Return how it ends, in a sentence."""
    lasted = in_words(table.end - table.start)
    if table.outcome is None:
        return f"Still open after {lasted}; simulate longer to see its end."
    said = OUTCOMES.get(table.outcome, f"It ended: {table.outcome.replace('_', ' ')}.")
    disposition = table.disposition.replace(":", ", ").replace("_", " ")
    return f"{said} Outcome {table.outcome.replace('_', ' ')} after {lasted}; disposition of the lead: {disposition}."


def about(message: SimulatedMessage, zone: str) -> str:
    """Return when a message was due and when it would leave, and what of it otherwise."""
    name = message.step if message.occurrence == 1 else f"{message.step}, once more"
    if message.due_at is None:
        return f"{name} ({message.channel}): it never became due"
    due = shown(message.due_at, zone)
    if message.sent_at is None:
        return f"{name} ({message.channel}): due {due}; {message.standing}"
    waited = in_words(message.sent_at - message.due_at)
    after = "" if waited == "0 min" else f", {waited} after it was due"
    return f"{name} ({message.channel}): {shown(message.sent_at, zone)}{after}"


def shown(at: datetime, zone: str) -> str:
    """Return a moment such as `Sun 14 Mar 12:00 MDT`."""
    return f"{at.astimezone(ZoneInfo(zone)):%a %d %b %H:%M %Z}"


def calendar_of(table: Timetable) -> list[str]:
    """Return the days on which nothing but an immediate answer leaves, and the changes of the clocks, as sentences."""
    changes = [
        f"{change.zone}: the clocks go {'forward' if change.by_minutes > 0 else 'back'} by {abs(change.by_minutes)} min, "
        f"{shown(change.at, change.zone)}"
        for change in table.clock_changes
    ]
    return [*changes, *(f"{shut.day:%a %d %b}: {shut.why}" for shut in table.shut_days)]


def _says(row: Row, zone: ZoneInfo) -> str:
    parts = [row.says, *(f"{why[0].upper()}{why[1:]}." for why in row.why if row.what is not What.SENT)]
    if row.what is What.SENT:
        parts += [f"Allowed: {why}." for why in row.why]
    if row.until is not None:
        parts.append(f"Until {row.until.astimezone(zone):%a %d %b %H:%M %Z}.")
    return " ".join(parts)
