from uuid import UUID, uuid4

import pytest

from tests.starter.builders import claimed, plan
from tests.starter.conftest import Api

BECAUSE = {"reason": "the client has a fire"}


@pytest.fixture
async def run_id(api: Api) -> UUID:
    return UUID(await api.started())


async def steer(api: Api, run_id: UUID, control: str, by: str = "incident-owner"):  # type: ignore[no-untyped-def]
    answer = await api.post(f"/v1/runs/{run_id}/{control}", BECAUSE, by=by)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_pause_names_what_may_still_arrive(api: Api, run_id: UUID) -> None:
    message_id, _ = claimed(api.engine, run_id)
    effect = await steer(api, run_id, "pause")

    assert effect["changed"]
    assert effect["in_flight"] == [str(message_id)]
    assert effect["effective_at"]
    assert api.rows("SELECT paused, reason, owner FROM pause") == [(True, BECAUSE["reason"], "incident-owner")]


async def test_a_pause_and_a_resume_may_be_repeated(api: Api, run_id: UUID) -> None:
    changes = [(await steer(api, run_id, control))["changed"] for control in ("resume", "pause", "pause", "resume")]

    assert changes == [False, True, False, True]
    assert (await api.get("/v1/pauses")).json() == []


async def test_sales_ops_may_stop_a_run(api: Api, run_id: UUID) -> None:
    assert (await steer(api, run_id, "stop", by="sales-ops"))["changed"]
    assert not (await steer(api, run_id, "stop"))["changed"]
    assert api.value("SELECT stop_requested_by FROM run") == "sales-ops"
    assert BECAUSE["reason"] in str(api.rows("SELECT reason FROM event WHERE kind = 'stop_requested'"))


async def test_an_unknown_run_cannot_be_steered(api: Api) -> None:
    for control in ("pause", "resume", "stop"):
        answer = await api.post(f"/v1/runs/{uuid4()}/{control}", BECAUSE, by="incident-owner")
        assert answer.status_code == 404


@pytest.mark.parametrize("reason", ["call 303-555-0123", "zeph@example.com asked", "", "\x07"])
async def test_a_reason_holds_no_addresses(api: Api, run_id: UUID, reason: str) -> None:
    answer = await api.post(f"/v1/runs/{run_id}/stop", {"reason": reason})

    assert answer.status_code == 422
    assert api.value("SELECT stop_requested_by FROM run") is None


async def test_a_reason_may_hold_dates_and_numbers(api: Api, run_id: UUID) -> None:
    reason = "ticket 20414, since 2026-11-20 10:30 (30007, 3 of 41)"
    answer = await api.post(f"/v1/runs/{run_id}/stop", {"reason": reason})

    assert answer.status_code == 200, answer.text


async def test_a_channel_of_a_client_can_be_paused(api: Api, run_id: UUID) -> None:
    plan(api.engine, run_id)
    body = {"scope": "channel", "client": "acme-plumbing", "channel": "sms", "paused": True, "reason": "filtered"}
    answer = await api.post("/v1/pauses", body, by="incident-owner")

    assert answer.json()["changed"]
    (paused,) = (await api.get("/v1/pauses")).json()
    assert paused["scope"].startswith("channel:")
    assert paused["scope"].endswith(":sms")
    assert answer.json()["name"] == paused["name"] == "Acme Plumbing: SMS"
    story = (await api.get(f"/v1/runs/{run_id}")).json()
    assert story["timeline"][-1]["kind"] == "paused"


@pytest.mark.parametrize(
    ("scope", "field"), [({"scope": "client"}, "client"), ({"scope": "run"}, "run"), ({"scope": "planet"}, "scope")]
)
async def test_a_pause_says_what_it_lacks(api: Api, scope: dict[str, str], field: str) -> None:
    answer = await api.post("/v1/pauses", scope | {"paused": True, "reason": "r"}, by="incident-owner")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field
