from uuid import UUID, uuid4

import pytest

from tests.starter.builders import inbound
from tests.starter.conftest import Api

STRANGER = {"From": "+13035550177"}


async def unmatched(api: Api, words: str) -> str:
    """Let a text of an unknown number come in; return its id."""
    await api.web_hook("/webhooks/twilio/inbound", inbound(words, **STRANGER))
    [task] = [task for task in (await api.get("/v1/tasks")).json() if task["kind"] == "inbound_unmatched"]
    return str(task["evidence"]["inbox"])


@pytest.fixture
async def run_id(api: Api) -> UUID:
    return UUID(await api.started())


async def test_a_text_of_an_unknown_number_is_read_by_those_who_may(api: Api) -> None:
    inbox_id = await unmatched(api, "Hi, this is Zephyrine: yes!")
    read = (await api.get(f"/v1/inbox/{inbox_id}")).json()

    assert (read["source"], read["kind"], read["state"]) == ("twilio", "sms", "orphan")
    assert (read["sender"], read["text"]) == ("+13035550177", "Hi, this is Zephyrine: yes!")
    for who in ("engineer", "approver"):
        assert (await api.get(f"/v1/inbox/{inbox_id}", by=who)).status_code == 403
    assert (await api.get(f"/v1/inbox/{uuid4()}")).status_code == 404


async def test_what_could_not_be_read_by_machine_is_shown_as_it_came(api: Api) -> None:
    await api.web_hook("/webhooks/twilio/inbound", {"Something": "else"})
    inbox_id = api.value("SELECT id FROM inbox")
    read = (await api.get(f"/v1/inbox/{inbox_id}", by="incident-owner")).json()

    assert (read["state"], read["content"], read["text"]) == ("poison", "Something=else", None)
    refused = await api.post(f"/v1/inbox/{inbox_id}/assign", {"run_id": str(uuid4())})
    assert refused.status_code == 409


@pytest.mark.parametrize("by_lead", [False, True])
async def test_an_assigned_text_is_the_reply_of_the_run(api: Api, run_id: UUID, by_lead: bool) -> None:
    inbox_id = await unmatched(api, "How much is it?")
    lead_id = api.value("SELECT lead_id FROM run")
    body = {"lead_id": str(lead_id)} if by_lead else {"run_id": str(run_id)}
    before = api.value("SELECT news FROM outbox")

    answer = await api.post(f"/v1/inbox/{inbox_id}/assign", body)

    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["run_id"]) == ("done", str(run_id))
    assert api.rows("SELECT run_id, lead_id, label, ends_automation FROM reply") == [(run_id, lead_id, "price", True)]
    assert api.value("SELECT news FROM outbox") > before
    assert [task["kind"] for task in (await api.get("/v1/tasks")).json()] == ["answer_reply"]
    assert api.rows("SELECT actor FROM event WHERE kind = 'reply_received'") == [("sales-ops",)]
    assert (await api.post(f"/v1/inbox/{inbox_id}/assign", body)).status_code == 409


async def test_an_assigned_stop_holds_for_both_numbers_of_the_lead(api: Api, run_id: UUID) -> None:
    inbox_id = await unmatched(api, "STOP")
    await api.post(f"/v1/inbox/{inbox_id}/assign", {"run_id": str(run_id)})

    assert api.value("SELECT count(DISTINCT address_hash) FROM consent WHERE status = 'revoked'") == 2
    assert api.value("SELECT count(*) FROM owner_task WHERE closed_at IS NULL") == 0


async def test_an_assignment_names_a_run_or_a_lead_that_exists(api: Api, run_id: UUID) -> None:
    inbox_id = await unmatched(api, "hello")
    for body in ({}, {"run_id": str(run_id), "lead_id": str(run_id)}, {"run_id": str(uuid4())}):
        assert (await api.post(f"/v1/inbox/{inbox_id}/assign", body)).status_code == 422
    assert api.value("SELECT state FROM inbox") == "orphan"
