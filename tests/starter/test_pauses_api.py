from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import pytest

from models.settings import Settings
from tests.starter.builders import claimed, plan
from tests.starter.conftest import Api, OpenApi

WHOLE_CLIENT = {"scope": "client", "client": "acme-plumbing", "reason": "the client has a fire"}


async def put(api: Api, by: str = "incident-owner", **changes: object):  # type: ignore[no-untyped-def]
    answer = await api.post("/v1/pauses", WHOLE_CLIENT | changes, by=by)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
async def api(open_api: OpenApi, settings: Settings) -> AsyncIterator[Api]:
    async with open_api(settings.model_copy(update={"quiet_hours": "always_open"})) as opened:
        yield opened


@pytest.fixture
async def held(api: Api) -> UUID:
    """A run with one message that is due and waits."""
    run_id = UUID(await api.started())
    plan(api.engine, run_id)
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE message SET reason = 'paused' WHERE position = 0")
        connection.exec_driver_sql("INSERT INTO heartbeat VALUES ('inbound', clock_timestamp() + interval '1 day') "
                                   "ON CONFLICT (part) DO UPDATE SET at = excluded.at")  # fmt: skip
    return run_id


async def test_a_pause_answers_with_what_is_under_way_and_later_when_that_had_ended(api: Api, held: UUID) -> None:
    with api.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM message")
    message_id, token = claimed(api.engine, held)
    paused = await put(api)
    assert (paused["in_flight"], paused["drained_at"], paused["runs"]) == ([str(message_id)], None, 1)

    await api.callback(token, {"MessageSid": "SM" + "a" * 32, "MessageStatus": "sent", "AccountSid": "AC1"})

    found = (await api.get(f"/v1/pauses/{paused['id']}")).json()
    assert found["in_flight"] == [{"message": str(message_id), "run": str(held), "ended": "accepted"}]
    assert found["drained_at"] > paused["effective_at"]


async def test_a_resume_is_previewed_confirmed_and_followed(api: Api, held: UUID) -> None:
    paused = await put(api, held_work="catch_up")
    preview = (await api.post(f"/v1/pauses/{paused['id']}/preview", by="incident-owner")).json()
    [message] = preview["messages"]["will_send"]
    assert (preview["counts"], preview["epoch"]) == ({"will_send": 1}, 1)
    assert message["run"] == str(held)

    path = f"/v1/pauses/{paused['id']}/resume"
    wish = {"reason": "put right", "epoch": 1, "preview": preview["preview"]}
    resumed = (await api.post(path, wish, by="incident-owner")).json()
    again = await api.post(path, wish, by="incident-owner")

    assert resumed["drain"] == again.json()["drain"]
    assert (resumed["drain"]["expected"], resumed["drain"]["waiting"]) == ({"will_send": 1}, 1)
    assert resumed["lifted_by"] == "incident-owner"
    assert (await api.get("/v1/pauses")).json() == []
    assert (await api.post(f"/v1/pauses/{paused['id']}/preview", by="incident-owner")).status_code == 409


async def test_a_resume_without_preview_or_with_another_epoch_is_refused_in_words(api: Api, held: UUID) -> None:
    paused = await put(api)
    path = f"/v1/pauses/{paused['id']}/resume"
    blind = await api.post(path, {"reason": "r", "epoch": 1}, by="incident-owner")
    preview = (await api.post(f"/v1/pauses/{paused['id']}/preview", by="incident-owner")).json()["preview"]
    later = await api.post(path, {"reason": "r", "epoch": 7, "preview": preview}, by="incident-owner")
    old_way = await api.post("/v1/pauses", WHOLE_CLIENT | {"paused": False}, by="incident-owner")

    assert (blind.status_code, later.status_code, old_way.status_code) == (409, 409, 422)
    assert "a resume is a preview first" in blind.json()["detail"]
    assert "epoch 1, not 7" in later.json()["detail"]
    assert paused["id"] in old_way.json()["detail"]


async def test_a_run_paused_by_somebody_else_is_resumed_by_its_epoch_only(api: Api, held: UUID) -> None:
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE staff SET roles = '{incident_owner}' WHERE handle = 'engineer'")
    await api.post(f"/v1/runs/{held}/pause", {"reason": "mine"}, by="incident-owner")
    blind = await api.post(f"/v1/runs/{held}/resume", {"reason": "r"}, by="engineer")
    named = await api.post(f"/v1/runs/{held}/resume", {"reason": "r", "epoch": 1}, by="engineer")

    assert blind.status_code == 409
    assert "epoch 1 by incident-owner (mine)" in blind.json()["detail"]
    assert named.json()["changed"]


@pytest.mark.parametrize(
    "scope",
    [
        {"scope": "everything"},
        {"scope": "provider", "provider": "twilio"},
        {"scope": "kind", "kind": "outreach"},
        {"scope": "sequence", "sequence": "missed_call"},
        {"scope": "channel", "client": "acme-plumbing", "channel": "sms"},
    ],
)
async def test_every_scope_can_be_paused_and_shows_in_the_story_of_its_runs(
    api: Api, held: UUID, scope: dict[str, str]
) -> None:
    answer = await api.post("/v1/pauses", scope | {"reason": "because"}, by="incident-owner")
    assert answer.json()["runs"] == 1

    [paused] = (await api.get("/v1/pauses")).json()
    assert (paused["held"], paused["code"], paused["held_work"]) == (1, "by_hand", "expire_late")
    story = (await api.get(f"/v1/runs/{held}")).json()
    assert story["timeline"][-1]["kind"] == "paused"


@pytest.mark.parametrize(
    "mistake",
    [
        {"scope": "provider", "provider": "carrier-pigeon"},
        {"scope": "sequence", "sequence": "mised_call"},
        {"scope": "kind"},
        {"scope": "client", "client": "acme-plumbing", "ends_at": "2020-01-01T00:00:00Z"},
        {"scope": "client", "client": "acme-plumbing", "ends_at": "2030-01-01T00:00:00"},
    ],
)
async def test_a_pause_that_would_hold_nothing_is_refused(api: Api, mistake: dict[str, str]) -> None:
    answer = await api.post("/v1/pauses", mistake | {"reason": "r"}, by="incident-owner")

    assert answer.status_code == 422
    assert (await api.get("/v1/pauses")).json() == []


async def test_an_unknown_pause_is_not_found(api: Api) -> None:
    for answer in (
        await api.get(f"/v1/pauses/{uuid4()}"),
        await api.post(f"/v1/pauses/{uuid4()}/preview", by="incident-owner"),
        await api.post(f"/v1/pauses/{uuid4()}/resume", {"reason": "r"}, by="incident-owner"),
    ):
        assert answer.status_code == 404


async def test_only_an_incident_owner_may_look_ahead_and_resume(api: Api, held: UUID) -> None:
    paused = await put(api)

    for path, body in (("preview", None), ("resume", {"reason": "r"})):
        assert (await api.post(f"/v1/pauses/{paused['id']}/{path}", body)).status_code == 403
