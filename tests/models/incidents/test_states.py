"""How an incident may move."""

from datetime import UTC, datetime, timedelta

import pytest

from models.incidents.states import IncidentState, MoveRefused, check_move

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
S = IncidentState


def _move(before: S, after: S, reason: str = "", resolved_ago: timedelta | None = None) -> None:
    check_move(before, after, reason=reason, resolved_at=NOW - resolved_ago if resolved_ago else None, now=NOW)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (S.DRAFT, S.INVESTIGATING), (S.DRAFT, S.RESOLVED), (S.DRAFT, S.CANCELLED), (S.INVESTIGATING, S.IDENTIFIED),
        (S.INVESTIGATING, S.RESOLVED), (S.IDENTIFIED, S.MONITORING), (S.MONITORING, S.RESOLVED),
    ],
)  # fmt: skip
def test_it_moves_forward_by_any_number_of_steps(before: S, after: S) -> None:
    _move(before, after)


@pytest.mark.parametrize("before", [S.IDENTIFIED, S.MONITORING])
def test_it_falls_back_to_investigating_with_a_reason_only(before: S) -> None:
    _move(before, S.INVESTIGATING, "the errors are back")
    with pytest.raises(MoveRefused, match="say why"):
        _move(before, S.INVESTIGATING, "  ")


def test_it_is_reopened_within_a_day_and_not_later() -> None:
    _move(S.RESOLVED, S.INVESTIGATING, "the errors are back", timedelta(hours=24))
    with pytest.raises(MoveRefused, match="open a new incident"):
        _move(S.RESOLVED, S.INVESTIGATING, "the errors are back", timedelta(hours=24, seconds=1))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (S.MONITORING, S.IDENTIFIED), (S.RESOLVED, S.MONITORING), (S.INVESTIGATING, S.DRAFT), (S.RESOLVED, S.CANCELLED),
        (S.CANCELLED, S.INVESTIGATING), (S.IDENTIFIED, S.IDENTIFIED),
    ],
)  # fmt: skip
def test_it_never_moves_in_a_way_that_readers_would_not_understand(before: S, after: S) -> None:
    with pytest.raises(MoveRefused):
        _move(before, after, "because", timedelta(hours=1))
