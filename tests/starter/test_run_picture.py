"""The picture of a run: every event has its place, nothing overlaps, and three events are drawn as well as three hundred."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from models.compensation import PlannedUndo
from models.database.tables.records import Event
from models.event_kinds import EventKind
from models.explaining.answers import Step
from models.terms import UndoState
from starter.console.picture.drawing import Told, draw
from starter.console.picture.lanes import PLACES, Lane, Look, place_of
from starter.console.picture.shapes import ROOMS, Direction, Picture

BEGUN = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
DENVER = ZoneInfo("America/Denver")
TEXT = uuid4()
DECIDED_BY_REASON = {EventKind.APPROVAL_DECIDED}


def _event(minutes: float, kind: EventKind, reason: str = "", message: UUID | None = None, **facts: str) -> Event:
    return Event(
        id=int(minutes * 100), at=BEGUN + timedelta(minutes=minutes), kind=kind, reason=reason, message_id=message,
        source="test", actor="test", owner="test", client_safe_status="", follow_up_rule="", recovery_rule="", facts=facts,
    )  # fmt: skip


def _drawn(
    events: list[Event],
    direction: Direction = Direction.ACROSS,
    ended: float | None = None,
    now: float = 10_000,
    following: Step | None = None,
    undos: tuple[PlannedUndo, ...] = (),
) -> Picture:
    ended_at = None if ended is None else BEGUN + timedelta(minutes=ended)
    told = Told(events, frozenset({TEXT}), undos, BEGUN + timedelta(minutes=now), ended_at, following)
    return draw(told, direction, DENVER)


WAITING = [
    _event(0, EventKind.RUN_REQUESTED),
    _event(0.1, EventKind.RUN_STARTED),
    _event(0.2, EventKind.APPROVAL_REQUESTED, "run"),
]


def test_every_kind_of_event_has_its_place() -> None:
    assert set(EventKind) == set(PLACES) | DECIDED_BY_REASON
    assert place_of("approval_decided", "approve").look is Look.GOOD
    assert place_of("approval_decided", "reject").look is Look.BAD
    assert place_of("of_a_later_version", "").lane is Lane.RUN


def test_a_waiting_run_is_drawn_up_to_now_and_says_what_is_next() -> None:
    following = Step(what="The approver decides.", at=BEGUN + timedelta(days=1), who="approver")
    picture = _drawn(WAITING, now=120, following=following)

    assert picture.lanes == (Lane.RUN, Lane.APPROVALS, Lane.WAITS)
    (wait,) = picture.bars
    assert wait.is_open
    assert wait.in_words == "It waits for approval"
    assert picture.now == picture.length
    assert picture.ahead is not None
    assert picture.ahead.text == "Sat 14:00"  # by the clock in Denver


def test_days_begin_where_the_recipient_is() -> None:
    picture = _drawn([*WAITING, _event(9 * 60, EventKind.RUN_CLOSED)], ended=9 * 60)
    assert [day.text for day in picture.days] == ["Fri 20 Nov"]
    picture = _drawn([*WAITING, _event(11 * 60, EventKind.RUN_CLOSED)], ended=11 * 60)
    assert [day.text for day in picture.days] == ["Fri 20 Nov", "Sat 21 Nov"]
    assert picture.now is None


def test_an_undo_points_at_what_it_takes_back() -> None:
    events = [
        *WAITING,
        _event(5, EventKind.MESSAGE_ACCEPTED, message=TEXT),
        _event(6, EventKind.HANDED_OVER),
        _event(7, EventKind.UNDONE, UndoState.NOT_UNDOABLE, step="send:1"),
    ]
    sent = PlannedUndo("send:1", "sent_message", str(TEXT), BEGUN, UndoState.NOT_UNDOABLE, None)
    picture = _drawn(events, ended=7, undos=(sent,))

    (back,) = picture.taken_back
    assert picture.lanes[back.step[1]] is Lane.MESSAGES
    assert picture.lanes[back.undo[1]] is Lane.UNDO


def test_no_answer_is_waited_for_after_a_notice_to_a_colleague() -> None:
    notice = _event(5, EventKind.MESSAGE_ACCEPTED, message=uuid4())
    to_lead = _event(6, EventKind.MESSAGE_ACCEPTED, message=TEXT)

    assert "answer" not in " ".join(bar.in_words for bar in _drawn([*WAITING, notice]).bars)
    assert "It waits for an answer" in [bar.in_words for bar in _drawn([*WAITING, to_lead]).bars]


@pytest.mark.parametrize("direction", list(Direction))
def test_three_hundred_events_are_folded_and_none_is_lost(direction: Direction) -> None:
    kinds = [EventKind.MESSAGE_HELD, EventKind.DELIVERED, EventKind.TASK_OPENED, EventKind.SIGNAL_REFUSED]
    events = [_event(number * 7, kinds[number % 4], "paused") for number in range(300)]
    picture = _drawn(events, direction, ended=2_100)

    assert picture.length <= ROOMS[direction].longest
    assert sum(mark.count for mark in picture.marks) == 300
    for number in range(len(picture.lanes)):
        places = [mark.along for mark in picture.marks if mark.lane == number]
        assert all(later - earlier >= ROOMS[direction].apart for earlier, later in pairwise(places))
    if direction is Direction.DOWN:
        assert picture.width <= 340
