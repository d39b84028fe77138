"""After a restore: held, compared, released, by the commands and the API under people's own keys."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import Engine, text

from activities.backfilling import Backfiller
from activities.recovering import Recovery
from models.database.inbound.backfills import Backfills
from models.database.recovery.recoveries import Recoveries
from models.patience_settings import TimerSettings
from models.sealing import KeyRing
from starter.comms.problems import Problem
from starter.comms.spans import moment_of
from tests.starter import test_comms_api
from tests.starter.test_comms_api import Desk

RING = KeyRing({"k1": bytes(32)}, "k1")
database_url, desk = test_comms_api.database_url, test_comms_api.desk


@pytest.fixture
def work(engine: Engine) -> Callable[[], None]:
    """One round of the worker's sweeps, without an account at Twilio; time passes quickly for outages."""
    recovery = Recovery(Recoveries(engine, b"only-for-tests", RING, epoch=1), None, "twilio", lambda: [])
    backfiller = Backfiller(Backfills(engine, RING, TimerSettings()), None)

    def sweep() -> None:
        recovery.sweep()
        with engine.begin() as connection:
            connection.execute(text("UPDATE inbound_gap SET ended_at = ended_at - interval '10 seconds'"))
        backfiller.sweep()

    return sweep


@contextmanager
def working(work: Callable[[], None]) -> Iterator[None]:
    ended = threading.Event()

    def go_on() -> None:
        while not ended.wait(0.05):
            work()

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@pytest.fixture
def replaced(engine: Engine, desk: Desk, work: Callable[[], None]) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE ledger_epoch SET incarnation = 'that of the backup'"))
    work()


@pytest.mark.usefixtures("replaced")
def test_a_restored_ledger_is_compared_and_released_by_commands(desk: Desk, work: Callable[[], None]) -> None:
    shown = desk.comms("ledger")
    early = desk.comms("release-ledger", "--yes", by="engineer")
    with working(work):
        compared = desk.comms("reconcile", "--since", "2h", by="engineer")
    declined = desk.comms("release-ledger", by="engineer", answer="n\n")
    released = desk.comms("release-ledger", by="incident-owner", answer="y\n")

    assert "the database was restored, failed over or replaced" in shown.stdout
    assert "newest line from before" in shown.stdout
    assert early.exit_code == 1
    assert "comms reconcile --since" in early.stderr
    assert compared.exit_code == 0, compared.stderr
    assert "had left and are now recorded as sent" in compared.stdout
    assert declined.exit_code == 1
    assert "shall sending go on?" in released.stderr
    assert "The ledger is released" in released.stderr
    assert "released by incident-owner" in desk.comms("ledger").stdout
    assert "not held" in desk.comms("release-ledger", by="engineer").stderr


@pytest.mark.usefixtures("replaced")
def test_one_command_compares_and_releases_for_programs(desk: Desk, work: Callable[[], None]) -> None:
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()

    with working(work):
        said = desk.comms("reconcile", "--since", since, "--release", "--yes", "--json", by="engineer")

    assert said.exit_code == 0, said.stderr
    report = json.loads(said.stdout)["report"]
    assert report == {
        "read": 0, "bound": 0, "foreign_new": 0, "foreign_known": 0, "to_person": 0, "inbound": 0,
        "workflows_without_rows": [],
    }  # fmt: skip
    assert json.loads(desk.comms("ledger", "--json").stdout)["held_since"] is None


@pytest.mark.usefixtures("replaced")
def test_the_task_of_a_held_ledger_is_closed_by_its_release_only(desk: Desk) -> None:
    [task] = json.loads(desk.comms("tasks", "--json").stdout)

    said = desk.comms("close", task["id"], "--note", "looked at it")

    assert (task["kind"], task["owner"]) == ("ledger_unverified", "engineer")
    assert said.exit_code == 1
    assert "POST /v1/ledger/release" in said.stderr


def test_only_engineers_and_incident_owners_recover(desk: Desk) -> None:
    key = {"Authorization": f"Bearer {desk.keys['approver']}"}

    refused = [
        httpx.post(f"{desk.url}/v1/ledger/{what}", headers=key, json={"since": "2026-01-01T00:00:00Z"})
        for what in ("reconciliation", "release")
    ]

    assert [answer.status_code for answer in refused] == [403, 403]
    assert "engineer or incident_owner" in refused[0].json()["detail"]


def test_a_ledger_of_a_newer_epoch_is_not_called_whole(desk: Desk, engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE ledger_epoch SET epoch = 2"))

    said = desk.comms("release-ledger", "--yes", by="engineer")

    assert said.exit_code == 1
    assert "COMMS_DATABASE__EPOCH=2" in said.stderr
    assert "not whole" in desk.comms("ledger").stdout


def test_a_ledger_that_is_whole_says_so(desk: Desk) -> None:
    said = desk.comms("ledger")

    assert "whole" in said.stdout
    assert "No reconciliation was asked for yet." in said.stderr


def test_a_moment_that_is_not_clear_is_one_sentence(desk: Desk) -> None:
    for written, sentence in (("yesterday", "neither a moment"), ("2026-11-21T10:00:00", "in which zone")):
        said = desk.comms("reconcile", "--since", written, by="engineer")
        assert said.exit_code == 2
        assert sentence in said.stderr
    future = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert "must lie in the past" in desk.comms("reconcile", "--since", future, by="engineer").stderr


@pytest.mark.parametrize(
    ("written", "ago"),
    [("90s", 90), ("30m", 1_800), ("30 min", 1_800), ("2h", 7_200), ("1d", 86_400)],
)
def test_a_span_is_counted_back_from_now(written: str, ago: int) -> None:
    now = datetime(2026, 11, 21, 12, tzinfo=UTC)

    assert moment_of(written, now) == now - timedelta(seconds=ago)


def test_a_moment_keeps_its_zone() -> None:
    assert moment_of("2026-11-21T10:00:00+01:00") == datetime(2026, 11, 21, 9, tzinfo=UTC)
    with pytest.raises(Problem):
        moment_of("2 weeks")
