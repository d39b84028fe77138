import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from starter.comms.__main__ import app

comms = CliRunner()


@pytest.fixture
def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("COMMS_DATABASE__URL", database_url)
    return database_url


def test_seeding_prints_new_keys_once(database: str) -> None:
    first = comms.invoke(app, ["database", "seed"])
    second = comms.invoke(app, ["database", "seed"])

    assert first.exit_code == second.exit_code == 0
    assert len(json.loads(first.stdout)) == 7
    assert second.stdout == ""


def test_seeding_merges_new_keys_into_a_private_file(database: str, tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text('{"somebody": "ck_old"}')

    assert comms.invoke(app, ["database", "seed", "--staff-keys", str(keys)]).exit_code == 0
    assert len(json.loads(keys.read_text())) == 8
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600


def test_seeding_makes_up_passwords_where_asked_and_only_once(database: str, tmp_path: Path) -> None:
    passwords = tmp_path / "passwords.json"
    for _ in range(2):
        assert comms.invoke(app, ["database", "seed", "--passwords", str(passwords)]).exit_code == 0

    assert len(json.loads(passwords.read_text())) == 7
    assert stat.S_IMODE(passwords.stat().st_mode) == 0o600


def test_upgrading_is_safe_to_repeat(database: str) -> None:
    assert comms.invoke(app, ["database", "upgrade"]).exit_code == 0


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COMMS_DATABASE__URL", raising=False)

    result = comms.invoke(app, ["database", "seed"])

    assert result.exit_code == 1
    assert "COMMS_DATABASE__… is not set" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_database_that_does_not_answer_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMS_DATABASE__URL", "postgresql+psycopg://comms:secret@127.0.0.1:1/comms")

    result = comms.invoke(app, ["database", "seed"])

    assert result.exit_code == 3
    assert "does not answer" in result.stderr
    assert "secret" not in result.stderr
