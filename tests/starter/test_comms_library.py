import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from activities.library import SHIPPED
from starter.comms.__main__ import app

comms = CliRunner(env={"COLUMNS": "200"})
LIBRARY = """
templates:
  - {key: hello, version: 1, channel: sms, consent: conversational}
sequences: []
"""


@pytest.fixture(autouse=True)
def _database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMS_DATABASE__URL", database_url)


@pytest.fixture
def library(tmp_path: Path) -> Path:
    file = tmp_path / "library.yaml"
    file.write_text(LIBRARY)
    (tmp_path / "hello.v1.sms.txt").write_text("{{ client_name }} here. Reply STOP to opt out.")
    return file


def test_a_new_library_waits_for_approval(library: Path) -> None:
    first = comms.invoke(app, ["library", "add", str(library)])
    again = comms.invoke(app, ["library", "add", str(library)])
    listed = json.loads(comms.invoke(app, ["library", "list", "--json"]).stdout)

    assert "template hello v1: waits for approval" in first.stderr
    assert "Nothing in it is new." in again.stderr
    assert [(row["key"], row["approval"]) for row in listed["templates"]] == [("hello", "waiting")]


def test_a_changed_text_under_an_old_version_is_refused(library: Path) -> None:
    comms.invoke(app, ["library", "add", str(library)])
    (library.parent / "hello.v1.sms.txt").write_text("{{ client_name }} again. Reply STOP to opt out.")

    said = comms.invoke(app, ["library", "add", str(library)])

    assert said.exit_code == 1
    assert "template hello v1 is stored with other content" in said.stderr


def test_the_shipped_library_is_listed() -> None:
    comms.invoke(app, ["database", "seed"])

    said = comms.invoke(app, ["library", "list"])

    assert said.exit_code == 0
    assert "missed_call/answer" in said.stdout
    assert SHIPPED.exists()


def test_a_client_is_entered_once_and_can_be_corrected(engine: Engine) -> None:
    first = comms.invoke(app, ["client", "add", "acme", "Acme", "--phone", "(303) 555-0100"])
    again = comms.invoke(app, ["client", "add", "acme", "Acme Plumbing", "--time-zone", "America/Denver"])
    with engine.connect() as connection:
        [row] = connection.execute(text("SELECT id, name, time_zone, phone FROM client"))

    assert first.stdout == again.stdout == f"{row.id}\n"
    assert (row.name, row.time_zone) == ("Acme Plumbing", "America/Denver")
    assert row.phone == "+13035550100"  # what is not given stays


def test_a_client_in_no_time_zone_is_refused() -> None:
    said = comms.invoke(app, ["client", "add", "acme", "Acme", "--time-zone", "Denver"])

    assert said.exit_code == 1
    assert "no time zone 'Denver'" in said.stderr
