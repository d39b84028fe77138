"""Reading the timetable out of the rows and waits of a simulated run."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from deploy.simulation import calendar, looks
from deploy.simulation.history import Wait
from models.database import timeline
from models.database.tables.ledger import Message
from models.database.tables.people import Client, Lead
from models.database.tables.records import Event
from models.event_kinds import EventKind
from models.simulating.order import SimulationOrder
from models.simulating.timetable import Row, SimulatedMessage, Timetable, What
from models.terms import MessageState
from starter.words import happened, standing

_OUTSIDE = {EventKind.REPLY_RECEIVED, EventKind.OPTED_OUT, EventKind.OPT_OUT_IN_DOUBT, EventKind.DELIVERY_FAILED,
            EventKind.ABSENCE_NOTED, EventKind.DELIVERED, EventKind.PHONE_UNLINKED}  # fmt: skip
_PEOPLE = {EventKind.APPROVAL_REQUESTED, EventKind.APPROVAL_DECIDED, EventKind.APPROVAL_REFUSED, EventKind.PAUSED,
           EventKind.APPROVAL_ESCALATED, EventKind.RESUMED, EventKind.STOP_REQUESTED, EventKind.HANDED_OVER,
           EventKind.TASK_OPENED}  # fmt: skip
KINDS = {
    EventKind.RUN_REQUESTED: What.BEGINS,
    EventKind.MESSAGE_ACCEPTED: What.SENT,
    EventKind.MESSAGE_NOT_SENT: What.NOT_SENT,
    EventKind.MESSAGE_REFUSED: What.NOT_SENT,
    EventKind.RUN_CLOSED: What.ENDS,
    **dict.fromkeys(_OUTSIDE, What.COMES_IN),
    **dict.fromkeys(_PEOPLE, What.DECIDED),
}


def timetable(
    session: Session,
    run_id: UUID,
    order: SimulationOrder,
    start: datetime,
    end: datetime,
    waits: Iterable[Wait],
    assumed: list[str],
) -> Timetable:
    """Return all that happened to a run, with the calendar that it happened by."""
    run = timeline.run(session, run_id)
    assert run is not None
    messages = timeline.messages_of(session, run_id)
    to_contact = [message for message in messages if message.audience == "contact"]
    client, lead = session.get_one(Client, run["client_id"]), session.get_one(Lead, run["lead_id"])
    where = calendar.whereabouts_of(client, lead, order.lead.time_zone)
    seen = looks.of_run(session, run_id)
    closed = run["closed_at"].astimezone(UTC) if run["closed_at"] else None
    rules = calendar.rules_for(session, client.id, where.places)
    last = closed or end
    return Timetable(
        sequence=run["sequence"],
        version=run["sequence_version"],
        title=run["sequence_title"],
        client=client.name,
        zones=where.zones,
        places=where.places,
        agency_zone=order.agency_zone,
        start=start,
        end=last,
        outcome=run["outcome"],
        disposition=lead.disposition,
        open_until=end,
        rows=tuple(sorted(
            [*rows_of_events(timeline.events_of(session, run), messages), *rows_of_looks(seen), *rows_of_waits(waits)],
            key=lambda row: row.at)),
        messages=tuple(_message(message, seen) for message in to_contact),
        open_hours=calendar.open_hours(rules, where.zones, start, last),
        shut_days=calendar.shut_days(rules, where.zones[0], start, last),
        clock_changes=calendar.clock_changes(where.zones, start, last),
        assumptions=tuple(assumed),
    )  # fmt: skip


def rows_of_events(events: Iterable[Event], messages: Iterable[Message]) -> Iterator[Row]:
    """Return the lines of the event log that concern a timetable."""
    known = {message.id: message for message in messages}
    for event in events:
        message = known.get(event.message_id) if event.message_id else None
        what = KINDS.get(EventKind(event.kind))
        if what is None or event.at is None or (message and message.audience != "contact"):
            continue
        step = message.step if message else str(event.facts.get("step", ""))
        why = tuple(_allowed(message.window_decision)) if message and what is What.SENT else ()
        says = f"Leaves by {message.channel}." if message and what is What.SENT else _says(event)
        yield Row(at=event.at.astimezone(UTC), what=what, step=step, says=says, why=why, code=event.kind)


def rows_of_looks(seen: Iterable[Mapping[Any, Any]]) -> Iterator[Row]:
    """Return each hold once: the same hold looked at again is no news."""
    before: dict[UUID, tuple[Any, ...]] = {}
    for look in seen:
        if look["state"] != MessageState.READY:
            before.pop(look["message_id"], None)
            continue
        until = _until(look)
        if before.get(look["message_id"]) == (look["reason"], until):
            continue
        before[look["message_id"]] = (look["reason"], until)
        says = happened(EventKind.MESSAGE_HELD, look["reason"])
        yield Row(
            at=look["at"].astimezone(UTC), what=What.HELD, step=look["step"], says=says, why=tuple(_why_held(look)),
            until=until, code=look["reason"],
        )  # fmt: skip


def rows_of_waits(waits: Iterable[Wait]) -> Iterator[Row]:
    """Return what the workflow waited for, as its timers say; holds have rows of their own."""
    for wait in waits:
        if not wait.waits_for.startswith("held: "):
            says = f"Waits for {wait.waits_for}."
            yield Row(at=wait.began, what=What.WAITS, says=says, until=wait.until, code=wait.waits_for)


def _says(event: Event) -> str:
    if event.kind == EventKind.APPROVAL_DECIDED:
        return f"{event.actor} decided: {event.reason}."
    return happened(event.kind, event.reason)


def _allowed(decision: Mapping[str, Any] | None) -> list[str]:
    return list((decision or {}).get("reasons", ()))


def _why_held(look: Mapping[Any, Any]) -> list[str]:
    decision = look["decision"] or {}
    if look["reason"] == "quiet_hours":
        return list(decision.get("reasons", ()))
    if look["reason"] == "frequency_cap":
        return [f"{decision['cap']['saw']} (rule {decision['cap']['rule_id']})"]
    return []


def _until(look: Mapping[Any, Any]) -> datetime | None:
    decision = look["decision"] or {}
    told = {
        "quiet_hours": decision.get("next_open_at"),
        "frequency_cap": (decision.get("cap") or {}).get("until"),
        "away": look["away_until"],
        "draining": look["turn_at"],
    }.get(look["reason"])
    found = datetime.fromisoformat(told) if isinstance(told, str) else told
    return found.astimezone(UTC) if found else None


def _message(message: Message, seen: Iterable[Mapping[Any, Any]]) -> SimulatedMessage:
    first = next((look["at"] for look in seen if look["message_id"] == message.id), None)
    return SimulatedMessage(
        step=message.step,
        occurrence=message.occurrence,
        channel=message.channel,
        subject=message.subject,
        body=message.body,
        due_at=first.astimezone(UTC) if first else None,
        sent_at=message.accepted_at.astimezone(UTC) if message.accepted_at else None,
        standing=standing(message.model_dump()),
    )
