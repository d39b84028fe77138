"""A closed period gets one digest, whoever asks and however often."""

from datetime import UTC, datetime

import pytest

from models.database import runs
from models.database.engine import transaction
from models.database.events import Origin
from models.database.reports.opening import PublishedAlready
from tests.database.reports.desk import SAM, ReportDesk


def _close(desk: ReportDesk, run: object, outcome: str) -> None:
    with transaction(desk.engine) as session:
        runs.close(session, run, outcome, Origin("workflow"))  # type: ignore[arg-type]


def test_the_schedule_asks_once_for_a_period_however_often_it_fires(desk: ReportDesk) -> None:
    first = desk.scheduled()
    assert desk.scheduled() == first
    assert desk.scheduled(datetime(2026, 11, 30, 18, tzinfo=UTC)) == first
    assert desk.scheduled(datetime(2026, 12, 1, 13, tzinfo=UTC)) != first
    assert [row["starts"].month for row in desk.world.rows("SELECT starts FROM report_period ORDER BY starts")] == [
        10,
        11,
    ]


def test_a_person_who_asks_meanwhile_is_shown_the_run_that_is_open(desk: ReportDesk) -> None:
    run = desk.scheduled()
    joined = desk.request()
    assert (joined.run_id, joined.joined) == (run, True)


def test_a_digest_that_was_not_published_may_be_asked_for_again(desk: ReportDesk) -> None:
    first = desk.request().run_id
    _close(desk, first, "not_approved")
    again = desk.request(key="k2")

    assert again.run_id != first
    assert desk.world.one("SELECT run_id FROM report_period")["run_id"] == again.run_id
    assert desk.scheduled() is not None


def test_a_published_one_is_not_made_again_unless_it_was_rolled_back(desk: ReportDesk) -> None:
    first = desk.request().run_id
    desk.world.rows("UPDATE report_period SET state = 'published', published_at = now()")
    _close(desk, first, "viewed")
    with pytest.raises(PublishedAlready, match="restated in the next one"):
        desk.request(key="k2")
    assert desk.scheduled() is None

    with transaction(desk.engine) as session:
        runs.roll_back(session, first, SAM)
    assert desk.request(key="k3").run_id != first


def test_a_report_that_is_switched_off_asks_for_nothing(desk: ReportDesk) -> None:
    desk.world.rows("UPDATE report SET active = false")
    assert desk.scheduled() is None


def test_the_owner_of_the_report_owns_the_run(desk: ReportDesk) -> None:
    run = desk.request().run_id
    row = desk.world.one("SELECT * FROM run WHERE id = :run", run=run)
    assert (row["kind"], row["owner"], row["escalation_owner"], row["lead_id"]) == ("report_digest", "sam", "eve", None)
