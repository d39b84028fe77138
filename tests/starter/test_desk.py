from uuid import UUID, uuid4

import pytest

from models.unsubscribing import unsubscribe_token
from tests.starter.builders import SHOWN, claimed, inbound
from tests.starter.conftest import Api

PHONE = "303.555.0123"


@pytest.fixture
async def run_id(api: Api) -> UUID:
    return UUID(await api.started())


def a_consent(status: str, **more: str) -> dict[str, str]:
    consent = {"client": "acme-plumbing", "channel": "sms", "address": PHONE, "status": status, "evidence": "ticket/1"}
    return consent | more


async def in_doubt(api: Api, run_id: UUID) -> UUID:
    message_id, _ = claimed(api.engine, run_id)
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE message SET state = 'escalated', next_check_at = NULL")
        connection.exec_driver_sql("UPDATE attempt SET outcome = 'unknown'")
    return message_id


async def test_a_person_says_that_a_message_was_sent(api: Api, run_id: UUID) -> None:
    message_id = await in_doubt(api, run_id)
    body = {"answer": "was_sent", "provider_message_id": "SM" + "c" * 32}
    answer = await api.post(f"/v1/messages/{message_id}/resolution", body, by="incident-owner")

    assert answer.json()["state"] == "accepted"
    assert api.rows("SELECT source, kind, reason FROM evidence") == [("person", "accepted", "person_was_sent")]
    again = await api.post(f"/v1/messages/{message_id}/resolution", body, by="incident-owner")
    assert again.status_code == 409


async def test_a_message_closed_as_not_sent_stays_unsent(api: Api, run_id: UUID) -> None:
    message_id = await in_doubt(api, run_id)
    answer = await api.post(f"/v1/messages/{message_id}/resolution", {"answer": "not_sent"}, by="incident-owner")

    assert answer.json()["state"] == "refused"
    assert api.value("SELECT reason FROM message") == "closed_by_person"


async def test_a_message_that_is_being_sent_is_not_resolved_by_hand(api: Api, run_id: UUID) -> None:
    message_id, _ = claimed(api.engine, run_id)
    answer = await api.post(f"/v1/messages/{message_id}/resolution", {"answer": "not_sent"}, by="incident-owner")

    assert answer.status_code == 409


async def test_an_opt_out_by_telephone_is_in_effect_with_the_answer(api: Api, run_id: UUID) -> None:
    message_id, _ = claimed(api.engine, run_id)
    answer = await api.post("/v1/consent", a_consent("revoked"))

    assert answer.json()["in_flight"] == [str(message_id)]
    assert answer.json()["address"] == "+1•••••••23"
    assert api.rows("SELECT status, source FROM consent ORDER BY id DESC LIMIT 1") == [("revoked", "staff")]
    assert api.value("SELECT news FROM outbox") > 1


async def test_only_a_documented_opt_in_undoes_an_opt_out(api: Api, run_id: UUID) -> None:
    assert (await api.post("/v1/consent", a_consent("granted"))).status_code == 422
    answer = await api.post("/v1/consent", a_consent("granted", kind="informational"))

    assert answer.status_code == 200
    assert api.value("SELECT source FROM consent ORDER BY id DESC LIMIT 1") == "documented_opt_in"


async def test_a_held_address_is_released_and_its_task_closed(api: Api, run_id: UUID) -> None:
    claimed(api.engine, run_id)
    await api.web_hook("/webhooks/twilio/inbound", inbound("stpo"))
    assert api.value("SELECT status FROM consent ORDER BY id DESC LIMIT 1") == "held"
    await api.post("/v1/consent", a_consent("released"))

    assert api.value("SELECT status FROM consent ORDER BY id DESC LIMIT 1") == "released"
    open_tasks = api.rows("SELECT kind FROM owner_task WHERE closed_at IS NULL")
    assert ("doubtful_opt_out",) not in open_tasks


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"address": "canary"}, "address"), ({"client": "canary"}, "client"), ({"evidence": "can ary"}, "evidence")],
)
async def test_a_bad_consent_names_the_field_and_not_the_value(api: Api, changes: dict[str, str], field: str) -> None:
    answer = await api.post("/v1/consent", a_consent("revoked", **changes))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
    assert "canary" not in answer.text


async def test_a_task_is_listed_and_closed_with_a_note(api: Api, run_id: UUID) -> None:
    await api.web_hook("/webhooks/twilio/inbound", inbound("yes please"))
    (task,) = (await api.get("/v1/tasks", owner="sales-ops")).json()
    refused = await api.post(task["close"], {"note": "done"}, by="engineer")
    closed = await api.post(task["close"], {"note": "called back"})

    assert refused.status_code == 403
    assert closed.status_code == 204
    assert (await api.post(task["close"], {"note": "again"})).status_code == 204
    assert api.value("SELECT evidence ->> 'note' FROM owner_task") == "called back"
    assert api.value("SELECT count(*) FROM event WHERE kind = 'task_closed'") == 1
    assert (await api.get("/v1/tasks")).json() == []
    assert (await api.post(f"/v1/tasks/{uuid4()}/close", {"note": "x"})).status_code == 404


async def test_a_client_is_created_once(api: Api) -> None:
    body = {"key": "bolt-electric", "name": "Bolt Electric", "time_zone": "America/Chicago"}
    statuses = [(await api.post("/v1/clients", body)).status_code for _ in range(2)]

    assert statuses == [201, 200]
    assert [client["key"] for client in (await api.get("/v1/clients")).json()] == ["acme-plumbing", "bolt-electric"]
    assert (await api.post("/v1/clients", body | {"time_zone": "Mars/Base"})).status_code == 422


async def test_correcting_a_client_changes_only_what_is_given(api: Api) -> None:
    await api.post("/v1/clients", {"key": "bolt", "name": "Bolt", "time_zone": "America/Chicago", **SHOWN})
    answer = await api.post("/v1/clients", {"key": "bolt", "name": "Bolt Electric"})

    assert answer.status_code == 200
    assert api.rows("SELECT name, time_zone, phone, postal_address FROM client WHERE key = 'bolt'") == [
        ("Bolt Electric", "America/Chicago", *SHOWN.values())
    ]


async def test_a_task_on_which_something_waits_is_resolved_and_not_closed(api: Api, run_id: UUID) -> None:
    message_id, _ = claimed(api.engine, run_id)
    await api.web_hook("/webhooks/twilio/inbound", inbound("stpo"))
    with api.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO owner_task (id, kind, subject, owner, instruction, evidence) "
            f"VALUES ('{uuid4()}', 'message_in_doubt', '{message_id}', 'sales-ops', '', '{{}}')"
        )
    tasks = {task["kind"]: task for task in (await api.get("/v1/tasks")).json()}

    for kind, route in (("doubtful_opt_out", "/v1/consent"), ("message_in_doubt", f"{message_id}/resolution")):
        refused = await api.post(f"/v1/tasks/{tasks[kind]['id']}/close", {"note": "done"})
        assert refused.status_code == 409
        assert route in refused.json()["detail"]
        assert tasks[kind]["close"] is None
    assert tasks["answer_reply"]["close"]


@pytest.mark.parametrize("status", ["released", "revoked"])
async def test_a_doubtful_opt_out_is_read_and_decided_without_its_address(api: Api, run_id: UUID, status: str) -> None:
    claimed(api.engine, run_id)
    await api.web_hook("/webhooks/twilio/inbound", inbound("stpo"))
    [task] = [task for task in (await api.get("/v1/tasks")).json() if task["kind"] == "doubtful_opt_out"]
    read = (await api.get(f"/v1/inbox/{task['evidence']['inbox']}", by="incident-owner")).json()
    assert (read["text"], read["sender"], read["assign"]) == ("stpo", "+13035550123", None)

    answer = await api.post("/v1/consent", {"task": task["id"], "status": status})

    assert answer.status_code == 200, answer.text
    assert (answer.json()["client"], answer.json()["address"]) == ("acme-plumbing", None)
    assert api.value("SELECT status FROM consent ORDER BY id DESC LIMIT 1") == status
    assert api.value("SELECT closed_by FROM owner_task WHERE kind = 'doubtful_opt_out'") == "sales-ops"
    assert (await api.post("/v1/consent", {"task": task["id"], "status": status})).status_code == 422


async def test_a_consent_names_a_task_or_an_address(api: Api) -> None:
    both = await api.post("/v1/consent", a_consent("released", task=str(uuid4())))
    neither = await api.post("/v1/consent", {"status": "released"})

    assert both.json()["errors"][0]["field"] == "task"
    assert neither.json()["errors"][0]["field"] == "client"


async def test_the_library_shows_what_is_approved(api: Api) -> None:
    sequences = (await api.get("/v1/sequences")).json()
    templates = (await api.get("/v1/templates")).json()

    assert {found["key"] for found in sequences} == {"missed_call", "quote_request", "review_request", "web_lead"}
    assert sequences[0]["steps"][0]["response_window"].startswith("P")
    assert {found["approval"] for found in templates} == {"approve"}


async def test_following_the_unsubscribe_link_changes_nothing(api: Api, run_id: UUID) -> None:
    message_id, _ = claimed(api.engine, run_id)
    link = f"/u/{unsubscribe_token(b'callback-key', message_id)}"
    page = await api.http.get(link)

    assert "<button>" in page.text
    assert api.value("SELECT count(*) FROM consent WHERE status = 'revoked'") == 0


async def test_one_click_unsubscribes_once(api: Api, run_id: UUID) -> None:
    message_id, _ = claimed(api.engine, run_id)
    link = f"/u/{unsubscribe_token(b'callback-key', message_id)}"
    for _ in range(2):
        answer = await api.http.post(link, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200

    assert api.rows("SELECT source FROM consent WHERE status = 'revoked'") == [("one_click",)]


async def test_an_invented_link_unsubscribes_nobody(api: Api, run_id: UUID) -> None:
    message_id, _ = claimed(api.engine, run_id)
    for token in ("x", unsubscribe_token(b"other-key", message_id), unsubscribe_token(b"callback-key", uuid4())):
        assert (await api.http.post(f"/u/{token}")).status_code == 404
    assert api.value("SELECT count(*) FROM consent WHERE status = 'revoked'") == 0
