"""GET /v1/messages/{id}/explanation and /v1/leads/{id}/explanation."""

from uuid import UUID, uuid4

import pytest

from models.explaining.checks import CHECKS
from tests.starter.builders import PHONE, SID, claimed, inbound, news, plan
from tests.starter.conftest import Api

READERS = ("sales-ops", "approver", "incident-owner", "engineer")


@pytest.mark.parametrize("by", READERS)
async def test_any_member_of_staff_may_ask_why_a_message_waits(api: Api, by: str) -> None:
    run_id = await api.started()
    plan(api.engine, UUID(run_id))
    message_id = api.value("SELECT id FROM message WHERE run_id = :run ORDER BY position LIMIT 1", run=run_id)
    await api.post("/v1/pauses", {"scope": "everything", "paused": True, "reason": "wrong prices"}, by="incident-owner")

    answer = await api.get(f"/v1/messages/{message_id}/explanation", by=by)

    said = answer.json()
    assert answer.status_code == 200
    assert said["question"] == "Why has this not gone out yet?"
    assert [check["verdict"] for check in said["checks"]] == ["not_asked"] * len(CHECKS)
    stopped = [check for check in said["now"]["checks"] if check["verdict"] == "stopped"]
    assert stopped[0]["rule"] == "not paused"
    assert {"scope", "owner", "reason", "since", "epoch"} <= stopped[0]["inputs"].keys()
    assert stopped[0]["inputs"]["reason"] == "wrong prices"
    assert said["to_change"][0]["who"] == "an incident owner (role incident_owner)"
    assert [way.split()[:2] for way in said["to_change"][0]["how"]] == [
        ["comms", "resume"],
        ["POST", f"/v1/pauses/{stopped[0]['inputs']['pause_id']}/preview,"],
    ]


async def test_a_message_that_went_out_says_why_without_anything_personal(api: Api) -> None:
    run_id = await api.started()
    message_id, token = claimed(api.engine, UUID(run_id))
    await api.callback(token, news("delivered"))

    answer = await api.get(f"/v1/messages/{message_id}/explanation")

    said = answer.json()
    assert said["question"] == "Why did this go out?"
    assert f"twilio has it as {SID}. It was delivered at" in said["answer"]
    assert said["now"] is None
    assert not [secret for secret in (PHONE, "Zephyrine", "Hello") if secret in answer.text]


async def test_a_lead_is_explained_and_only_those_who_answer_read_what_it_wrote(api: Api) -> None:
    run_id = await api.started()
    message_id, token = claimed(api.engine, UUID(run_id))
    await api.callback(token, news("delivered"))
    await api.web_hook("/webhooks/twilio/inbound", inbound("How much is it?", "SM2"))
    lead_id = api.value("SELECT lead_id FROM run WHERE id = :run", run=run_id)

    said = {by: (await api.get(f"/v1/leads/{lead_id}/explanation", by=by)).json() for by in READERS}

    lead = said["engineer"]
    assert lead["answer"].startswith("It came by missed call and is here since")
    assert [run["run_id"] for run in lead["runs"]] == [run_id]
    assert [message["message_id"] for message in lead["runs"][0]["messages"]] == [str(message_id)]
    assert lead["addresses"][0]["permits"] == "conversational"
    assert lead["addresses"][0]["history"][0]["source"] == "missed_call"
    assert [task["kind"] for task in lead["tasks"]] == ["answer_reply"]
    assert {by: one["replies"][0]["text"] for by, one in said.items()} == {
        "sales-ops": "How much is it?",
        "approver": "How much is it?",
        "incident-owner": "How much is it?",
        "engineer": None,
    }


@pytest.mark.parametrize("kind", ["messages", "leads"])
async def test_what_is_unknown_is_a_problem_and_strangers_are_refused(api: Api, kind: str) -> None:
    unknown = uuid4()

    answer = await api.get(f"/v1/{kind}/{unknown}/explanation")

    assert (answer.status_code, answer.json()["detail"]) == (404, f"there is no {kind[:-1]} {unknown}")
    assert (await api.get(f"/v1/{kind}/{unknown}/explanation", by="nobody")).status_code == 401


async def test_the_answers_are_described_with_examples(api: Api) -> None:
    schema = (await api.http.get("/openapi.json")).json()

    assert "/v1/messages/{message_id}/explanation" in schema["paths"]
    described = schema["components"]["schemas"]["MessageExplanation"]["properties"]
    assert described["answer"]["examples"][0].startswith("It went out")
