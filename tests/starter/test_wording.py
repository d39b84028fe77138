"""Looking at a text through the API and the command line, and what an approver is shown of it."""

from pathlib import Path
from uuid import UUID

from sqlalchemy import Engine

from models.database.engine import transaction
from models.database.tables.people import Client
from tests.starter import test_comms_api
from tests.starter.builders import an_order, plan
from tests.starter.conftest import Api
from tests.starter.test_comms_api import Desk

database_url, desk = test_comms_api.database_url, test_comms_api.desk

TEXT = {"client": "acme-plumbing", "purpose": "outreach", "channel": "sms", "body": "Hi. Ask Blue River Roofing."}


def rival(engine: Engine) -> None:
    with transaction(engine) as session:
        session.add(Client(key="blue-river", name="Blue River Roofing"))


async def test_a_text_can_be_looked_at_before_it_is_used_and_what_was_found_is_not_repeated(api: Api) -> None:
    rival(api.engine)

    answer = await api.post("/v1/wording/check", TEXT)

    assert answer.json()["verdict"] == "block"
    [finding] = answer.json()["findings"]
    assert (finding["kind"], finding["part"], TEXT["body"][finding["start"] : finding["end"]]) == (
        "other_client", "body", "Blue River Roofing",
    )  # fmt: skip
    assert "Blue River" not in answer.text
    unknown = await api.post("/v1/wording/check", TEXT | {"client": "nobody"})
    assert unknown.status_code == 422


async def test_an_approver_sees_what_was_found_beside_the_wording(api: Api) -> None:
    order = an_order(sequence="web_lead", lead={"source": "web_form", "first_name": "Best Rated"})
    run = UUID((await api.start(order)).json()["run_id"])
    plan(api.engine, run)

    [head] = (await api.get("/v1/approvals", by="approver")).json()
    shown = (await api.get(f"/v1/approvals/{head['id']}", by="approver")).json()

    assert {(one["step"], one["kind"], one["severity"]) for one in shown["findings"]} >= {
        ("answer", "claim", "needs_approval")
    }


async def test_marks_are_entered_by_those_who_rule_and_a_message_says_what_is_found_in_it(api: Api) -> None:
    rival(api.engine)
    path = "/v1/clients/acme-plumbing/marks"
    mark = {"kind": "name", "value": " Blue  River Roofing "}

    assert (await api.post(path, mark)).status_code == 403
    entered = await api.post(path, mark, by="incident-owner")
    assert (entered.status_code, entered.json()["value"]) == (201, "Blue River Roofing")
    assert (await api.post("/v1/wording/check", TEXT)).json()["verdict"] == "clear"
    refused = await api.post(path, {"kind": "domain", "value": "acme"}, by="incident-owner")
    assert refused.json()["detail"] == "value: not a domain; write it like acmeplumbing.com"
    removed = await api.delete(f"{path}/{entered.json()['id']}", by="incident-owner")
    assert removed.status_code == 204
    assert (await api.get(path)).json() == []
    assert (await api.post("/v1/wording/check", TEXT)).json()["verdict"] == "block"


def test_a_file_is_looked_at_and_a_mark_is_entered_and_taken_away_from_the_shell(desk: Desk, tmp_path: Path) -> None:
    text = tmp_path / "text.txt"
    text.write_text("Write to bo@acme.example.")

    said = desk.comms("wording", "check", str(text), "--client", "acme-plumbing")
    assert "email_address" in said.stdout
    assert "bo@" not in said.stdout
    mark = ("acme-plumbing", "email", "bo@acme.example")
    assert desk.comms("wording", "mark", *mark, by="approver").exit_code == 0
    assert "Nothing was found." in desk.comms("wording", "check", str(text), "--client", "acme-plumbing").stderr
    assert "bo@acme.example" in desk.comms("wording", "marks", "acme-plumbing").stdout
    assert desk.comms("wording", "unmark", *mark, by="approver").exit_code == 0
    assert "there is no such mark" in desk.comms("wording", "unmark", *mark, by="approver").stderr
