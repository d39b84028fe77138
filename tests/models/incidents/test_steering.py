from datetime import UTC, datetime, timedelta

import pytest

from models.incidents.states import IncidentSeverity, IncidentState
from models.incidents.steering import GIVEN_UP, Act, Approving, IncidentSituation, UpdateNews, what_next
from models.incidents.words import UpdateKind

NOW = datetime(2026, 11, 24, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)


def news(**changes: object) -> UpdateNews:
    told = {"number": 1, "kind": UpdateKind.UPDATE, "composed": True, "post": Approving.DONE, "written": True}
    return UpdateNews.model_validate(told | changes)


def situation(**changes: object) -> IncidentSituation:
    return IncidentSituation.model_validate({"newest": news(), "promised": NOW + 4 * HOUR} | changes)


def act(now: IncidentSituation, at: datetime = NOW, **held: bool) -> Act:
    return what_next(now, at, **held).act


def test_an_update_is_composed_before_anything_else() -> None:
    assert (
        act(situation(newest=news(composed=False, written=False), holds=True, resume=Approving.APPROVED)) is Act.COMPOSE
    )


def test_without_free_words_messages_leave_before_the_post_is_approved() -> None:
    assert act(situation(newest=news(written=False, post=Approving.WAITING))) is Act.WRITE


def test_with_free_words_messages_follow_the_publication() -> None:
    waits = situation(newest=news(has_words=True, written=False, post=Approving.WAITING))
    assert act(waits) is Act.WAIT
    assert act(situation(newest=news(has_words=True, written=False, post=Approving.APPROVED))) is Act.PUBLISH
    assert act(situation(newest=news(has_words=True, written=False))) is Act.WRITE
    assert act(situation(newest=news(has_words=True, written=False, post=Approving.REFUSED))) is Act.WAIT


@pytest.mark.parametrize(
    "outward",
    [
        {"newest": news(post=Approving.APPROVED)},
        {"newest": news(written=False)},
        {"holds": True, "resume": Approving.APPROVED},
    ],
)
def test_a_pause_by_hand_holds_all_that_goes_out(outward: dict[str, object]) -> None:
    assert act(situation(**outward)) is not Act.WAIT
    assert act(situation(**outward), is_paused=True) is Act.WAIT


@pytest.mark.parametrize(("severity", "before"), [("minor", HOUR), ("critical", timedelta(minutes=15))])
def test_the_owner_is_reminded_before_and_somebody_else_told_after(
    severity: IncidentSeverity, before: timedelta
) -> None:
    now = situation(severity=severity)
    due = NOW + 4 * HOUR
    assert what_next(now, NOW).until == due - before
    assert act(now, due - before) is Act.REMIND
    reminded = situation(severity=severity, reminded_of=due)
    assert what_next(reminded, due - before).until == due
    assert act(reminded, due) is Act.ESCALATE
    assert act(situation(severity=severity, reminded_of=due, escalated=due), due) is Act.WAIT


def test_only_once_it_is_resolved_the_resume_is_asked_for() -> None:
    assert act(situation(holds=True)) is Act.WAIT
    over = situation(holds=True, state=IncidentState.RESOLVED)
    assert act(over) is Act.ASK_TO_RESUME
    for asked in (Approving.WAITING, Approving.REFUSED):
        assert act(situation(holds=True, state=IncidentState.RESOLVED, resume=asked)) is Act.WAIT


def test_it_ends_with_the_summary_told_nothing_held_and_nothing_under_way() -> None:
    told = {"newest": news(kind=UpdateKind.SUMMARY), "state": IncidentState.RESOLVED, "promised": None}
    assert act(situation(**told)) is Act.CLOSE
    assert act(situation(**told), is_sending=True) is Act.WAIT
    assert act(situation(**told, holds=True, resume=Approving.WAITING)) is Act.WAIT
    assert act(situation(**told | {"newest": news(kind=UpdateKind.SUMMARY, post=Approving.WAITING)})) is Act.WAIT
    assert act(situation(**told | {"newest": news()})) is Act.WAIT


def test_a_summary_that_nobody_writes_goes_to_a_person_in_the_end() -> None:
    due = NOW
    chased = {"state": IncidentState.RESOLVED, "promised": due, "reminded_of": due, "escalated": due}
    assert act(situation(**chased), due + GIVEN_UP - HOUR) is Act.WAIT
    assert act(situation(**chased), due + GIVEN_UP) is Act.GIVE_UP
    assert act(situation(**chased | {"state": IncidentState.MONITORING}), due + GIVEN_UP) is Act.WAIT


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ({"newest": news(post=Approving.WAITING)}, "Update 1 waits for the approval"),
        ({"newest": news(post=Approving.REFUSED)}, "its author writes another one"),
        ({"holds": True, "resume": Approving.WAITING}, "Letting go what was held waits"),
        ({"holds": True, "resume": Approving.REFUSED}, "its owner asks anew"),
        ({"state": IncidentState.RESOLVED}, "waits for the summary"),
        ({}, "waits for word from its owner (investigating). The client is to hear by Tue 24 Nov 19:00 UTC."),
    ],
)
def test_it_says_in_words_what_it_waits_for(now: dict[str, object], words: str) -> None:
    assert words in situation(**now).in_words
