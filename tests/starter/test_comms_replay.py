import base64
from pathlib import Path

import pytest
from typer.testing import CliRunner

from starter.comms.__main__ import app

HISTORIES = sorted((Path(__file__).parents[1] / "histories").glob("v*/outreach.*.json"))
comms = CliRunner()


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    settings = {
        "DATABASE__URL": "postgresql+psycopg://nobody@127.0.0.1:1/none",
        "PORTAL__DATABASE_URL": "postgresql+psycopg://comms_portal@127.0.0.1:1/none",
        "TEMPORAL__ADDRESS": "127.0.0.1:1",
        "KEYS__SEALING": '{"k1": "%s"}' % base64.b64encode(b"k" * 32).decode(),  # noqa: UP031
        "KEYS__SEALING_ACTIVE": "k1",
        "KEYS__CALLBACK": "c",
        "KEYS__APPROVAL": "a",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"COMMS_{name}", value)


def test_a_recorded_history_replays() -> None:
    said = comms.invoke(app, ["replay", str(HISTORIES[0])])

    assert said.exit_code == 0
    assert "the same decisions" in said.stdout


def test_a_history_that_the_code_would_not_write_is_told(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text(HISTORIES[0].read_text().replace('"OutreachSequence"', '"RunRollback"'))

    said = comms.invoke(app, ["replay", str(other)])

    assert said.exit_code == 1
    assert "would do something else" in said.stderr


def test_a_file_that_is_no_history_is_one_sentence(tmp_path: Path) -> None:
    other = tmp_path / "other.json"
    other.write_text("hello")

    said = comms.invoke(app, ["replay", str(other)])

    assert said.exit_code == 1
    assert "is not a workflow history" in said.stderr


def test_a_server_that_does_not_answer_is_one_sentence() -> None:
    said = comms.invoke(app, ["replay", "outreach/none"])

    assert said.exit_code == 1
    assert "Temporal does not answer at 127.0.0.1:1" in said.stderr
