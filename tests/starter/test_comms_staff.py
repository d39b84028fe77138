import json

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from models.database import staff
from models.database.engine import transaction
from starter.comms.__main__ import app

comms = CliRunner(env={"COLUMNS": "200"})


@pytest.fixture(autouse=True)
def _database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMS_DATABASE__URL", database_url)


def listed() -> dict[str, dict[str, object]]:
    rows = json.loads(comms.invoke(app, ["staff", "list", "--json"]).stdout)
    return {row["handle"]: row for row in rows}


def test_somebody_new_gets_a_key_once_and_what_they_may_do(engine: Engine) -> None:
    comms.invoke(app, ["client", "add", "acme", "Acme"])
    said = comms.invoke(app, ["staff", "set", "pia", "--role", "privacy_reviewer", "--client", "acme"])
    again = comms.invoke(app, ["staff", "set", "pia", "--principal", "jwt:pia"])

    assert said.exit_code == 0, said.output
    assert again.stdout == ""
    with transaction(engine) as session:
        found = staff.by_api_key(session, said.stdout.strip())
        changes = session.execute(text("SELECT count(*) FROM event WHERE kind = 'staff_changed'")).scalar_one()
    assert found is not None
    assert changes == 2
    assert listed()["pia"] == {
        "handle": "pia", "roles": ["privacy_reviewer"], "email": "", "phone": "", "active": True, "principal": "jwt:pia",
        "clients": ["acme"], "subject": None, "has_password": False,
    }  # fmt: skip


def test_a_limit_can_be_lifted_and_a_key_replaced(engine: Engine) -> None:
    comms.invoke(app, ["client", "add", "acme", "Acme"])
    first = comms.invoke(app, ["staff", "set", "ann", "--role", "approver", "--client", "acme"]).stdout.strip()
    second = comms.invoke(app, ["staff", "set", "ann", "--every-client", "--new-key"]).stdout.strip()

    assert listed()["ann"]["clients"] is None
    with transaction(engine) as session:
        assert staff.by_api_key(session, first) is None
        assert staff.by_api_key(session, second) is not None


@pytest.mark.parametrize("option", ["--subject", "--principal"])
def test_what_somebody_is_known_as_is_theirs_until_it_is_taken_from_them(option: str) -> None:
    for handle, known_as in (("ann", "jwt:ann"), ("ben", "jwt:ben"), ("ann", "jwt:ann")):
        assert comms.invoke(app, ["staff", "set", handle, option, known_as]).exit_code == 0
    said = comms.invoke(app, ["staff", "set", "ben", option, "jwt:ann"])

    assert (said.exit_code, listed()["ben"][option.strip("-")]) == (1, "jwt:ben")
    assert f"to take it from them: comms staff set ann {option} ''" in said.stderr
    comms.invoke(app, ["staff", "set", "ann", option, ""])
    assert comms.invoke(app, ["staff", "set", "ben", option, "jwt:ann"]).exit_code == 0


def test_a_client_that_does_not_exist_is_named_and_nothing_is_stored() -> None:
    said = comms.invoke(app, ["staff", "set", "ann", "--client", "nobody"])

    assert said.exit_code == 1
    assert "there is no client 'nobody'" in said.stderr
    assert listed() == {}
    assert "several" in comms.invoke(app, ["staff", "set", "--help"]).stdout
