"""Pictures and sentences of the pages that steer: what is drawn, what is promised, what a form names."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from models.database.permission.holding import Inside
from models.incidents.states import IncidentSeverity, IncidentState
from models.incidents.words import Advice, Affected, ReasonForClients
from models.pausing import HeldWork, LiftRule, PauseCode
from models.terms import RunKind
from starter import scope_words
from starter.api.incident_views import EntryView, HeldView, IncidentInFull, ShownView
from starter.console import bars, incident_words, pause_sentences, pause_words, scope_forms, typed
from starter.console.incident_picture import drawings
from starter.problems import Problem

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def an_incident(**changes: object) -> IncidentInFull:
    given: dict[str, object] = {
        "id": uuid4(), "title": "t", "severity": IncidentSeverity.MINOR, "state": IncidentState.INVESTIGATING,
        "client_safe_status": "s", "owner": "o", "escalation_owner": "e", "opened_by": "o", "began_at": NOON,
        "opened_at": NOON, "first_notice_due": NOON + HOUR, "next_update_due": NOON + 4 * HOUR, "resolved_at": None,
        "summary_due": None, "clients": [], "touches": [], "held": HeldView(runs=0, messages=0, due=0, in_flight=[]),
        "pauses": [], "reason": ReasonForClients.LOOKING, "affected": Affected.FOLLOW_UPS, "calls_affected": False,
        "advice": Advice.NOTHING, "held_work": HeldWork.EXPIRE, "nothing_lost_proof": "", "evidence": {}, "timeline": [],
    }  # fmt: skip
    return IncidentInFull.model_validate(given | changes)


def heard(at: datetime) -> EntryView:
    shown = ShownView(
        client="acme", title="t", body="b", state="published", published_at=at, messages=1, post_id=None, run_id=uuid4()
    )
    return EntryView(at=at, what="update", by="o", internal="", number=1, next_update_at=None, shown=[shown])


def test_the_parts_of_a_bar_fill_it_and_none_vanishes() -> None:
    parts = bars.parts({"will_send": 100_000, "opted_out": 1, "expired": 0})

    assert [part.code for part in parts] == ["will_send", "opted_out"]
    assert sum(part.width for part in parts) == pytest.approx(bars.WIDTH)
    assert parts[1].width >= 7
    assert parts[1].x == pytest.approx(parts[0].width)
    assert bars.parts({}) == []


def test_clients_wait_for_the_first_notice_until_they_have_heard_anything() -> None:
    silent = incident_words.due(an_incident(), NOON + 2 * HOUR)
    told = incident_words.due(an_incident(timeline=[heard(NOON)]), NOON + 2 * HOUR)

    assert (silent.what, silent.is_over) == ("The first notice", True)
    assert (told.what, told.at, told.is_over) == ("The next update", NOON + 4 * HOUR, False)


def test_a_resolved_incident_waits_for_its_summary_and_a_draft_for_nothing() -> None:
    resolved = an_incident(state=IncidentState.RESOLVED, summary_due=NOON, next_update_due=None)
    assert incident_words.due(resolved, NOON).what == "The summary"
    assert incident_words.due(an_incident(state=IncidentState.DRAFT), NOON).at is None


def test_the_drawing_shows_where_it_stands_and_where_it_has_been() -> None:
    reached = {IncidentState.INVESTIGATING: NOON, IncidentState.MONITORING: NOON + HOUR}
    for drawing in drawings(IncidentState.MONITORING, reached):
        kinds = {box.label: box.kind for box in drawing.boxes}
        assert kinds == {
            "Draft": "ahead", "Investigating": "been", "Identified": "ahead", "Monitoring": "now", "Resolved": "ahead"
        }  # fmt: skip
        inside = (
            box.x + drawing.box_width <= drawing.width and box.y + drawing.box_height <= drawing.height
            for box in drawing.boxes
        )
        assert all(inside)
    [dropped, _] = drawings(IncidentState.CANCELLED, {})
    assert ([box.label for box in dropped.boxes], dropped.back) == (["Draft", "Cancelled"], "")


def test_every_step_that_is_offered_is_a_move_that_may_be_made() -> None:
    offered = {state: [step.key for step in incident_words.offered(state)] for state in IncidentState}
    assert offered[IncidentState.CANCELLED] == []
    assert offered[IncidentState.RESOLVED] == ["summary", "investigating"]
    assert "investigating" not in offered[IncidentState.INVESTIGATING]
    assert all(key in incident_words.STEPS for keys in offered.values() for key in keys)


def test_a_scope_is_named_by_forms_as_requests_name_it() -> None:
    assert scope_forms.fields_of("everything") == {"scope": "everything"}
    assert scope_forms.fields_of("client:acme") == {"scope": "client", "client": "acme"}
    assert scope_forms.fields_of("channel:acme:sms") == {"scope": "channel", "client": "acme", "channel": "sms"}
    with pytest.raises(Problem, match="choose what to hold"):
        scope_forms.fields_of("")


def test_a_moment_is_typed_in_the_visitors_zone() -> None:
    typed_at = typed.moment_typed("2026-11-30T17:00", "America/Denver", "ends_at")
    assert typed_at is not None
    assert typed_at.astimezone(UTC) == datetime(2026, 12, 1, 0, tzinfo=UTC)
    assert typed.moment_typed(" ", "UTC", "ends_at") is None
    with pytest.raises(Problem, match="give day and time"):
        typed.moment_typed("tomorrow", "UTC", "ends_at")


def test_a_pause_names_what_it_would_hold() -> None:
    said = pause_sentences.would_hold("Acme Plumbing", Inside(runs=14, waiting=3, due=1, in_flight=0))
    assert said.startswith("This holds 14 runs and 3 messages of Acme Plumbing, 1 of them due now.")


def test_everything_that_can_be_paused_has_a_name() -> None:
    assert set(scope_words.KINDS) == set(RunKind)
    assert set(pause_words.WHY) == set(PauseCode)
    assert set(pause_words.HELD_WORK) == set(HeldWork)
    assert set(pause_words.LIFTS) == set(LiftRule)
