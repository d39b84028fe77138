"""The outputs through the API and the command line."""

from uuid import uuid4

import pytest
from sqlalchemy import text

from models.outputs import OutputView
from tests.starter import test_comms_api
from tests.starter.conftest import Api
from tests.starter.test_comms_api import MISSED_CALL, Desk

database_url, desk = test_comms_api.database_url, test_comms_api.desk
SAID = {"owner", "source", "channel", "at", "client_safe_status", "follow_up_rule", "recovery_rule"}


@pytest.mark.parametrize("view", OutputView)
async def test_every_output_answers_for_a_run_that_was_only_just_asked_for(api: Api, view: OutputView) -> None:
    run = await api.started()

    answer = await api.get(f"/v1/outputs/{view}", run=run)

    assert answer.status_code == 200, answer.text
    [row] = answer.json()["rows"]
    assert (row["run_id"], row["client"], row["is_recorded"]) == (run, "acme-plumbing", False)
    assert all(row[name] for name in SAID)


async def test_pages_follow_each_other_and_name_each_row_once(api: Api) -> None:
    await api.started()
    found: list[str] = []
    after = None
    while after or not found:
        page = (await api.get("/v1/outputs/approval_state", limit=2, **({"after": after} if after else {}))).json()
        found += [row["id"] for row in page["rows"]]
        after = page["next"]

    assert len(found) == len(set(found)) == api.value("SELECT count(*) FROM approval")


async def test_staff_of_one_client_see_neither_others_nor_what_concerns_all(api: Api) -> None:
    run = await api.started()
    stranger = uuid4()
    api_rows = "UPDATE staff SET clients = ARRAY[CAST(:id AS uuid)] WHERE handle = 'approver' RETURNING handle"
    with api.engine.begin() as connection:
        connection.execute(text(api_rows), {"id": stranger})

    assert (await api.get("/v1/outputs/approval_state", by="approver")).json()["rows"] == []
    assert (await api.get("/v1/outputs/delivery_status", by="approver", run=run)).json()["rows"] == []
    refused = await api.get("/v1/outputs/delivery_status", by="approver", client="acme-plumbing")
    assert refused.status_code == 403


async def test_what_cannot_be_asked_for_is_refused_in_words(api: Api) -> None:
    assert (await api.get("/v1/outputs/secrets")).status_code == 422
    assert (await api.get("/v1/outputs/owner_task", client="nobody")).status_code == 404
    assert (await api.get("/v1/outputs/owner_task", after="nonsense")).status_code == 422
    assert (await api.get("/v1/outputs/owner_task", since="2026-11-20T00:00:00")).status_code == 422
    assert (await api.get("/v1/outputs/owner_task", by="nobody")).status_code == 401


def test_the_shell_shows_an_output_of_one_run(desk: Desk) -> None:
    run = desk.started(*MISSED_CALL)

    assert run in desk.comms("outputs", "delivery_status", "--run", run).stdout
    assert run in desk.comms("outputs", "owner_task", "--run", run, "--json").stdout
    assert "--after" in desk.comms("outputs", "approval_state", "--limit", "1").stderr
