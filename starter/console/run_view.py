"""One run as its page shows it: how it stands, the picture, its messages with every check, all events, what may be done."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping
from sqlmodel import Session

from models.compensation import RollbackPlan
from models.database import rollbacks, run_surroundings, timeline
from models.database.engine import now
from models.database.explaining.runs import explain_run
from models.database.locks import scope_key
from models.database.permission import pauses
from models.database.tables.pauses import Pause
from models.database.tables.records import Event
from models.event_kinds import EventKind
from models.explaining.answers import MessageExplanation, RunExplanation
from models.terms import PauseScope, RunKind, RunState, UndoState
from starter.api.run_story import MessageLine, RunStory, story_of
from starter.callers import INCIDENT_OWNER, MAY_STOP, READ_REPLIES, Caller
from starter.console.picture.drawing import Told, draw
from starter.console.picture.lanes import Lane
from starter.console.picture.shapes import Direction, Picture
from starter.console.picture.spans import spans_of
from starter.console.run_events import Day, by_day
from starter.console.run_lines import KINDS, STATES, ending_tone
from starter.resources import Resources


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message with the reasons for what became of it. `text` is None for whoever may not read it, or if it is secret."""

    line: MessageLine
    why: MessageExplanation
    subject: str
    text: str | None


@dataclass(frozen=True, slots=True)
class RunView:
    """Everything on the page."""

    title: str
    whom: str
    state: str
    tone: str
    since: datetime | None
    story: RunStory
    explained: RunExplanation
    messages: list[MessageView]
    notices: list[MessageView]
    days: list[Day]
    pictures: tuple[Picture, ...]
    posts: list[RowMapping]
    handoff: RowMapping | None
    plan: RollbackPlan
    pauses: list[Pause]
    held_besides: bool
    """Whether a pause holds it that is not of this run alone."""
    controls: tuple[str, ...]


def view_of(session: Session, found: RowMapping, uses: Resources, caller: Caller, zone: ZoneInfo) -> RunView:
    """Return a run as the caller sees it, read in one transaction."""
    run_id: UUID = found["id"]
    story = story_of(session, found, uses.settings, caller)
    explained = explain_run(session, run_id, uses.gate_rules)
    plan = rollbacks.plan(session, run_id)
    events = timeline.events_of(session, found)
    held_by = pauses.of_scope(session, scope_key(PauseScope.RUN, run_id=run_id))
    messages = _messages(session, story, explained, caller)
    named = caller.may(READ_REPLIES) and story.lead_id is not None
    said, tone = STATES[story.state]
    following = next((step for step in explained.next if step.at is not None), None)
    moment = now(session)
    to_contact = frozenset(one.why.message_id for one in messages if one.why.audience == "contact")
    told = Told(events, to_contact, tuple(plan.steps), moment, found["closed_at"], following)
    drawn = (draw(told, way, zone) for way in Direction)
    return RunView(
        title=story.sequence_title or KINDS[RunKind(found["kind"])],
        whom=run_surroundings.name_of(session, story.lead_id) if named and story.lead_id else "",
        state=story.outcome.replace("_", " ") if story.outcome else said,
        tone=ending_tone(story.outcome) if story.outcome else tone,
        since=_since(told),
        story=story,
        explained=explained,
        messages=[one for one in messages if one.why.audience == "contact"],
        notices=[one for one in messages if one.why.audience != "contact"],
        days=by_day(events, zone),
        pictures=tuple(drawn) if events else (),
        posts=run_surroundings.posts(session, run_id),
        handoff=run_surroundings.handoff(session, run_id),
        plan=plan,
        pauses=held_by,
        held_besides=story.closed_at is None and _is_held_besides(events, f"run:{run_id}"),
        controls=_controls(story, plan, held_by, caller),
    )


def _messages(session: Session, story: RunStory, explained: RunExplanation, caller: Caller) -> list[MessageView]:
    why = {one.message_id: one for one in explained.messages}
    wording = run_surroundings.wording(session, story.id) if caller.may(READ_REPLIES) else {}
    views = []
    for line in story.messages:
        text = wording.get(line.id)
        views.append(MessageView(line, why[line.id], text["subject"] if text else "", text["body"] if text else None))
    return views


def _is_held_besides(events: list[Event], own: str) -> bool:
    wider = [event for event in events if event.facts.get("scope") != own]
    put = {event.facts.get("pause") for event in wider if event.kind == EventKind.PAUSED}
    return bool(put - {event.facts.get("pause") for event in wider if event.kind == EventKind.RESUMED})


def _since(told: Told) -> datetime | None:
    """Return since when a run has stood as it does: since it waits for what it waits for, or since anything happened."""
    if told.ended_at is not None:
        return told.ended_at
    spans = spans_of(told.events, told.to_contact, None)
    waits = [span.since for span in spans if span.lane is Lane.WAITS and span.until is None]
    return waits[-1] if waits else told.events[-1].at if told.events else None


def _controls(story: RunStory, plan: RollbackPlan, held_by: list[Pause], caller: Caller) -> tuple[str, ...]:
    """Return what the caller may do with the run as it stands, in the order of its weight."""
    is_open = story.state is not RunState.CLOSED
    offered = {
        "pause": is_open and not held_by and caller.may(INCIDENT_OWNER),
        "resume": bool(held_by) and caller.may(INCIDENT_OWNER),
        "outcome": story.lead_id is not None and caller.may(MAY_STOP),
        "correction": any(step.state is UndoState.NOT_UNDOABLE for step in plan.steps) and caller.may(MAY_STOP),
        "stop": is_open and caller.may(MAY_STOP),
        "roll-back": bool(plan.steps) or (is_open and caller.may(INCIDENT_OWNER)),
    }
    return tuple(name for name, may in offered.items() if may)
