from uuid import UUID, uuid4

from models.event_kinds import EventKind
from starter.words import WHAT_HAPPENED
from tests.starter.builders import claimed, inbound, news, plan
from tests.starter.conftest import Api


async def test_a_run_is_read_with_all_that_happened_to_it(api: Api) -> None:
    run_id = UUID(await api.started())
    _, token = claimed(api.engine, run_id)
    await api.callback(token, news("delivered"))
    await api.web_hook("/webhooks/twilio/inbound", inbound("yes please", "SM2"))

    story = (await api.get(f"/v1/runs/{run_id}")).json()
    assert story["workflow_id"] == f"outreach/{run_id}"
    assert story["links"]["temporal_ui"].endswith(f"/namespaces/default/workflows/outreach%2F{run_id}")
    (message,) = story["messages"]
    assert message["to"] == "+1•••••••23"
    assert message["in_words"] == "Sent: its provider has accepted it. Delivery: delivered."
    assert message["gate"] == [{"rule": "no opt-out", "passed": True, "saw": "none"}]
    assert [line["kind"] for line in story["timeline"]] == [
        "run_requested",
        "message_accepted",
        "delivered",
        "reply_received",
        "task_opened",
    ]
    assert all(line["source"] and line["owner"] and line["client_safe_status"] for line in story["timeline"])
    assert story["replies"][0]["text"] == "yes please"
    assert [task["kind"] for task in story["open_tasks"]] == ["answer_reply"]
    assert "5550123" not in str(story)
    assert "Zephyrine" not in str(story)


async def test_an_engineer_sees_that_there_was_a_reply_but_not_its_words(api: Api) -> None:
    run_id = await api.started()
    await api.web_hook("/webhooks/twilio/inbound", inbound("yes please"))
    (reply,) = (await api.get(f"/v1/runs/{run_id}", by="engineer")).json()["replies"]

    assert reply["label"]
    assert reply["text"] is None


async def test_a_run_that_waits_for_approval_says_so(api: Api) -> None:
    run_id = UUID(await api.started(sequence="web_lead", lead={"source": "web_form"}))
    plan(api.engine, run_id)
    story = (await api.get(f"/v1/runs/{run_id}")).json()

    assert story["approval"]["state"] == "waiting"
    assert story["approval"]["approver"] == "approver"
    assert story["messages"][0]["in_words"] == "Not sent yet: it is planned and waits for approval."


async def test_runs_are_listed_newest_first_in_pages(api: Api) -> None:
    started = [await api.started(lead={"phone": f"+1303555012{n}"}) for n in range(5)]
    first = (await api.get("/v1/runs", limit=2)).json()
    second = (await api.get("/v1/runs", limit=2, after=first["next"])).json()
    third = (await api.get("/v1/runs", limit=2, after=second["next"])).json()

    listed = [run["id"] for page in (first, second, third) for run in page["runs"]]
    assert listed == started[::-1]
    assert third["next"] is None


async def test_runs_are_filtered(api: Api) -> None:
    run_id = await api.started()
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE run SET state = 'closed', outcome = 'replied', closed_at = now()")
    await api.started(lead={"phone": "+13035550124"})

    found = (await api.get("/v1/runs", client="acme-plumbing", state="closed", outcome="replied")).json()
    assert [run["id"] for run in found["runs"]] == [run_id]
    assert (await api.get("/v1/runs", client="somebody-else")).status_code == 404


async def test_a_run_nobody_knows_is_not_found(api: Api) -> None:
    assert (await api.get(f"/v1/runs/{uuid4()}")).status_code == 404
    assert (await api.get("/v1/runs/not-an-id")).status_code == 422
    assert (await api.get("/v1/runs", after="nonsense")).status_code == 422


def test_every_kind_of_event_is_said_in_words() -> None:
    assert WHAT_HAPPENED.keys() == set(EventKind)
