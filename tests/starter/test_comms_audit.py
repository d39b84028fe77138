import hashlib
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine
from typer.testing import CliRunner

from models.sending import Claimed
from starter.comms.__main__ import app
from tests.database.world import World

comms = CliRunner(env={"COLUMNS": "160"})


@pytest.fixture
def world(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("COMMS_DATABASE__URL", database_url)
    return World(engine)


def write_log(state: Path, *claims: Claimed) -> None:
    folder = state / "twilio"
    folder.mkdir(exist_ok=True)
    lines = [
        {
            "seq": number,
            "at": "2026-03-02T15:00:00+00:00",
            "operation": "create_message",
            "token": claimed.envelope.token,
            "to_sha256": hashlib.sha256(claimed.envelope.to.encode()).hexdigest(),
            "body_sha256": hashlib.sha256(claimed.envelope.body.encode()).hexdigest(),
            "accepted": True,
            "provider_id": "SM1",
            "status": None,
            "fault": "accept_then_reset",
        }
        for number, claimed in enumerate(claims, start=1)
    ]
    (folder / "twilio.requests.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_a_clean_audit_exits_with_0_and_prints_its_totals(world: World, tmp_path: Path) -> None:
    write_log(tmp_path, world.sent(world.run(), provider_id="SM1"))

    said = comms.invoke(app, ["audit", "--requests", str(tmp_path)])

    assert said.exit_code == 0
    assert "No message was accepted by its provider more than once." in said.stdout
    assert "fault injected: accept_then_reset" in said.stdout


def test_a_broken_promise_is_named_and_exits_with_1(world: World, tmp_path: Path) -> None:
    claimed = world.sent(world.run(), provider_id="SM1")
    write_log(tmp_path, claimed, claimed)

    said = comms.invoke(app, ["audit", "--requests", str(tmp_path), "--json"])

    assert said.exit_code == 1
    report = json.loads(said.stdout)
    broken = {finding["invariant"]: finding["examples"] for finding in report["findings"] if finding["bad"]}
    assert broken == {
        "I1": [str(claimed.message_id)],
        "I2": [str(claimed.message_id)],
        "I15": [str(claimed.message_id)],
    }
    assert report["totals"]["duplicates"] == 1


def test_a_place_without_logs_is_refused(world: World, tmp_path: Path) -> None:
    said = comms.invoke(app, ["audit", "--requests", str(tmp_path)])

    assert said.exit_code == 1
    assert "no request log" in said.stderr


def test_a_file_that_is_no_log_is_refused(world: World, tmp_path: Path) -> None:
    other = tmp_path / "other.jsonl"
    other.write_text("hello\n")

    said = comms.invoke(app, ["audit", "--requests", str(other)])

    assert said.exit_code == 1
    assert "line 1 is not of a request log" in said.stderr
