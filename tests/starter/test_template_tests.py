"""A text as it would leave, and a test of it to whoever asks: through the API and the command line."""

import json
from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from models.database import staff_changes
from models.database.engine import transaction
from models.database.events import Origin
from models.database.staff_changes import StaffChange
from models.database.wording_marks import note_agency
from starter.comms.__main__ import app
from tests.starter.conftest import PUBLIC, Api, Furnished
from tests.starter.served import served, settings_on

OWN = "+13035550188"
ANSWER = "missed_call/answer"


async def _template(api: Api, key: str = ANSWER) -> str:
    found = (await api.get("/v1/templates")).json()
    named: str = next(row["id"] for row in found if row["key"] == key)
    return named


def _enter(api: Api, clients: list[str] | None = None) -> None:
    with transaction(api.engine) as session:
        staff_changes.put(session, StaffChange("approver", phone=OWN, clients=clients), Origin("command"))


async def _test(api: Api, by: str = "approver", key: str = "k", **body: str) -> tuple[int, dict[str, str]]:
    path = f"/v1/templates/{await _template(api)}/test-sends"
    answer = await api.post(path, {"client": "acme-plumbing"} | body, by, **{"Idempotency-Key": key})
    return answer.status_code, answer.json()


async def test_a_preview_shows_the_very_bytes_with_what_they_cost(api: Api) -> None:
    run = await api.started()
    lead = api.value("SELECT lead_id FROM run WHERE id = :run", run=run)
    path = f"/v1/templates/{await _template(api)}/preview"

    of_lead = (await api.get(path, "approver", client="acme-plumbing", lead=str(lead))).json()
    made_up = (await api.get(path, "approver", client="acme-plumbing")).json()

    assert "Zephyrine" in of_lead["body"]
    assert "Maria" in made_up["body"]
    assert (of_lead["encoding"], of_lead["segments"], of_lead["verdict"]) == ("GSM-7", 1, "clear")


async def test_every_shipped_text_can_be_looked_at_without_a_lead(api: Api) -> None:
    with transaction(api.engine) as session:
        note_agency(session, [PUBLIC], [])
    for text in (await api.get("/v1/templates")).json():
        answer = await api.get(f"/v1/templates/{text['id']}/preview", client="acme-plumbing")

        assert answer.status_code == 200, answer.text
        assert answer.json()["verdict"] in ("clear", "warn"), answer.json()


async def test_a_test_goes_to_the_address_that_was_entered_and_takes_no_other(api: Api) -> None:
    assert (await _test(api))[0] == 409
    _enter(api)

    status, asked = await _test(api)

    assert (status, asked["to"]) == (202, "+1•••••••88")
    assert (await _test(api, key="other", to="+13035550123"))[0] == 422
    [row] = api.rows(
        "SELECT m.audience, m.address, m.state, r.requested_by FROM message m JOIN run r ON r.id = m.run_id"
    )
    assert tuple(row) == ("test", OWN, "ready", "approver")
    [line] = (await api.get(f"/v1/templates/{await _template(api)}/test-sends", "approver")).json()
    assert (line["run_id"], line["state"]) == (asked["run_id"], "ready")
    assert (await api.get(f"/v1/templates/{await _template(api)}/test-sends", "approver-2")).json() == []


async def test_the_same_key_sends_nothing_twice_and_nobody_may_ask_for_ever(api: Api) -> None:
    _enter(api)
    first = await _test(api)

    assert await _test(api) == first
    assert [(await _test(api, key=str(number)))[0] for number in range(20)] == [202] * 19 + [409]


async def test_a_lead_of_another_client_and_a_client_of_others_are_refused(api: Api) -> None:
    _enter(api, clients=["acme-plumbing"])
    await api.post("/v1/clients", {"key": "other", "name": "Other", "time_zone": "America/Denver"})

    assert (await _test(api, client="other"))[0] == 403
    assert (await _test(api, lead=str(uuid4())))[0] == 422


async def test_nothing_that_is_counted_or_told_of_a_client_knows_of_a_test(api: Api) -> None:
    _enter(api)
    _, asked = await _test(api)

    for view in ("delivery_status", "owner_task", "approval_state", "booked_outcome"):
        found = (await api.get(f"/v1/outputs/{view}", run=asked["run_id"])).json()
        assert found["rows"] == [], view
    for measure in (await api.get("/v1/measures")).json():
        rows = (await api.get(f"/v1/measures/{measure['key']}", client="acme-plumbing")).json()["rows"]
        assert rows == [], measure["key"]


@pytest.fixture
def shell(furnished_url: str, furnished: Furnished) -> Iterator[CliRunner]:
    with served(settings_on(furnished_url)) as url:
        yield CliRunner(env={"COLUMNS": "200", "COMMS_API_KEY": furnished[1]["approver"], "COMMS_API_URL": url,
                             "COMMS_DATABASE__URL": furnished_url})  # fmt: skip


def test_the_command_shows_tries_out_and_says_what_is_missing(shell: CliRunner) -> None:
    shown = shell.invoke(app, ["templates", "preview", ANSWER, "--client", "acme-plumbing"])
    refused = shell.invoke(app, ["templates", "test", ANSWER, "--client", "acme-plumbing"])
    entered = shell.invoke(app, ["staff", "set", "approver", "--phone", "(303) 555-0188"])
    asked = shell.invoke(app, ["templates", "test", ANSWER, "--client", "acme-plumbing"])

    assert "Maria" in shown.stdout
    assert "1 segment" in shown.stdout
    assert (refused.exit_code, "comms staff set approver --phone" in refused.stderr) == (1, True)
    assert entered.exit_code == 0, entered.stderr
    assert UUID(asked.stdout.strip())
    assert "there is no text" in shell.invoke(app, ["templates", "test", "no/such", "--client", "acme-plumbing"]).stderr


def test_the_measures_are_listed_and_one_is_told_with_its_definition(shell: CliRunner) -> None:
    every = shell.invoke(app, ["measures"])
    one = json.loads(shell.invoke(app, ["measures", "reply_rate", "--by", "week", "--json"]).stdout)

    assert every.exit_code == 0, every.stderr
    assert "response_time" in every.stdout
    assert "nothing to count yet" in every.stdout
    assert one["definition"]["key"] == "reply_rate"
