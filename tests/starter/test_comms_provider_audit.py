"""An audit against the providers' lists, by the command and the API under people's own keys; the worker carries it out."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import Engine
from temporalio.common import MetricMeter

from activities.auditing import Auditor
from activities.standing import auditing
from models.database.recovery.audits import Audits
from models.patience_settings import TimerSettings
from models.receiving import Received
from models.reconciling import Listed
from models.recovering import Recorded
from models.sealing import KeyRing
from tests.starter import test_comms_api
from tests.starter.test_comms_api import Desk
from tests.starter.test_comms_ledger import working

database_url, desk = test_comms_api.database_url, test_comms_api.desk
YESTERDAY = datetime.now(UTC) - timedelta(hours=12)


class Account:
    """What an account at Twilio lists."""

    def __init__(self) -> None:
        self.sent: list[Recorded] = []

    def sent_since(self, since: datetime) -> list[Recorded]:
        return self.sent

    def received_since(self, since: datetime) -> list[Received]:
        return []


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def work(engine: Engine, account: Account) -> Callable[[], None]:
    """One round of the worker's sweep."""
    auditor = Auditor(Audits(engine, KeyRing({"k1": bytes(32)}, "k1"), TimerSettings()), account, "twilio")
    return auditing(auditor, MetricMeter.noop)


def headers(desk: Desk, by: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {desk.keys[by]}"}


def test_a_clean_audit_shows_its_tables_and_what_it_covers(desk: Desk, work: Callable[[], None]) -> None:
    with working(work):
        said = desk.comms("audit", "--providers", "--since", "24h", by="engineer")

    assert said.exit_code == 0, said.stderr
    assert "What must hold" in said.stdout
    assert "Totals" in said.stdout
    assert "Compared with the list of twilio" in said.stderr
    assert "Amazon SES keeps no list" in said.stderr


def test_a_message_past_the_ledger_exits_with_1_and_is_on_the_engineers_list(
    desk: Desk, work: Callable[[], None], account: Account
) -> None:
    account.sent.append(Recorded(Listed("SM1", "+13035550123", "Buy now", YESTERDAY), "delivered"))

    with working(work):
        said = desk.comms("audit", "--providers", "--json", by="incident-owner")

    assert said.exit_code == 1
    report = json.loads(said.stdout)
    broken = {finding["invariant"]: finding["examples"] for finding in report["findings"] if finding["bad"]}
    assert broken == {"I3": ["twilio/SM1"]}
    assert (report["clean"], report["providers"], report["read"]) == (False, ["twilio"], 1)
    [task] = json.loads(desk.comms("tasks", "--json").stdout)
    assert (task["kind"], task["owner"]) == ("audit_violation", "engineer")
    assert "Buy now" not in json.dumps(task)
    newest = httpx.get(f"{desk.url}/v1/audits/newest", headers=headers(desk, "approver")).json()
    assert newest["id"] == report["audit"]


def test_only_engineers_and_incident_owners_ask_and_all_staff_read(desk: Desk) -> None:
    url = f"{desk.url}/v1/audits"

    refused = httpx.post(url, headers=headers(desk, "sales-ops"), json={})
    asked = httpx.post(url, headers=headers(desk, "engineer"), json={})
    read = httpx.get(f"{url}/{asked.json()['id']}", headers=headers(desk, "sales-ops"))

    assert refused.status_code == 403
    assert asked.status_code == 202
    assert (read.status_code, read.json()["report"], read.json()["asked_by"]) == (200, None, "engineer")
    reach = datetime.fromisoformat(read.json()["asked_at"]) - datetime.fromisoformat(read.json()["since"])
    assert timedelta(hours=24, minutes=59) < reach < timedelta(hours=25, minutes=1)


def test_what_was_not_asked_for_is_not_found(desk: Desk) -> None:
    compared = httpx.post(
        f"{desk.url}/v1/ledger/reconciliation",
        headers=headers(desk, "engineer"),
        json={"since": YESTERDAY.isoformat()},
    ).json()["id"]

    found = [
        httpx.get(f"{desk.url}/v1/audits/{what}", headers=headers(desk, "engineer")).status_code
        for what in ("newest", uuid4(), UUID(compared))
    ]

    assert found == [404, 404, 404]


@pytest.mark.parametrize(
    ("options", "sentence", "code"),
    [
        (["--since", "24h"], "--since belongs to --providers", 2),
        (["--providers", "--requests", "."], "Either --requests or --providers", 2),
        (["--providers", "--since", "yesterday"], "neither a moment", 2),
        (["--providers", "--since", "2999-01-01T00:00:00Z"], "must lie in the past", 1),
    ],
)
def test_options_that_do_not_fit_are_one_sentence(desk: Desk, options: list[str], sentence: str, code: int) -> None:
    said = desk.comms("audit", *options, by="engineer")

    assert said.exit_code == code
    assert sentence in said.stderr
