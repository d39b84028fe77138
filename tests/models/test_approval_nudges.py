from datetime import UTC, datetime, timedelta

from models.approval_nudges import Nudge, Patience, Waiting, moments, next_look

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
PATIENCE = Patience(timedelta(hours=2), timedelta(hours=3), timedelta(hours=4))


def waiting(hours: float | None = 24, **changes: object) -> Waiting:
    ends = None if hours is None else NINE + timedelta(hours=hours)
    known: dict[str, object] = {
        "asked_at": NINE, "ends_at": ends, "done": frozenset(), "is_announced": False, "has_delegate": True,
        "is_escalated_elsewhere": False,
    }  # fmt: skip
    return Waiting(**(known | changes))  # type: ignore[arg-type]


def after(found: Waiting) -> dict[str, float]:
    due = moments(found, PATIENCE)
    return {nudge: (moment - NINE) / timedelta(hours=1) for nudge, moment in due.items()}


def test_the_approver_is_told_then_told_again_then_helped_then_overtaken() -> None:
    assert after(waiting()) == {"notice": 0, "reminder": 2, "delegation": 3, "escalation": 4}


def test_where_there_is_less_time_everything_comes_earlier() -> None:
    assert after(waiting(hours=1)) == {"notice": 0, "reminder": 0.5, "delegation": 0.75, "escalation": 0.75}


def test_a_request_without_an_end_is_not_forgotten() -> None:
    assert after(waiting(hours=None)) == {"notice": 0, "reminder": 2, "delegation": 3, "escalation": 4}


def test_what_was_done_or_is_done_by_others_is_not_due() -> None:
    done = waiting(done=frozenset({Nudge.NOTICE}), has_delegate=False, is_escalated_elsewhere=True)

    assert after(done) == {"reminder": 2}


def test_the_workflow_that_tells_its_approver_is_given_a_minute() -> None:
    assert after(waiting(is_announced=True))["notice"] == 1 / 60


def test_the_next_look_is_the_next_moment_or_the_end_and_then_none() -> None:
    assert next_look(waiting(), PATIENCE, NINE) == NINE + timedelta(hours=2)
    assert next_look(waiting(), PATIENCE, NINE + timedelta(hours=5)) == NINE + timedelta(hours=24)
    assert next_look(waiting(hours=None), PATIENCE, NINE + timedelta(hours=5)) is None
