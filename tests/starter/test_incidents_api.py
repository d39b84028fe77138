"""Incidents through HTTP alone: opened once, moved as readers understand, read with both sides beside each other."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from activities.incidents import IncidentActivities
from models.database.engine import transaction
from models.database.explaining.runs import explain_run
from models.database.incidents.notices import PostgresIncidents
from models.database.permission.previews import Policy
from models.database.sending.gate_rules import gate_rules
from models.incidents.travelling import NoticeOrder
from models.settings import Settings
from tests.database.incidents import compose, link_to
from tests.database.portal.desk import PostDesk
from tests.starter.builders import plan
from tests.starter.conftest import Api
from tests.starter.portal.conftest import REVIEWERS

BODY = {"title": "Twilio is down", "severity": "minor", "clients": ["acme-plumbing"], "reason": "provider_down"}
BY = "incident-owner"


async def send(api: Api, key: str = "k", by: str = BY, **changes: Any) -> httpx.Response:
    return await api.post("/v1/incidents", BODY | changes, by, **{"Idempotency-Key": key})


async def opened(api: Api, **changes: Any) -> dict[str, Any]:
    answer = await send(api, uuid4().hex, **changes)
    assert answer.status_code == 201, answer.text
    incident: dict[str, Any] = answer.json()
    return incident


def told(api: Api, incident: dict[str, Any], settings: Settings) -> None:
    """Compose and write the newest update, as its run does."""
    rules = gate_rules("always_open", settings.timers.inbound_silence, 1)
    policy = Policy(rules, settings.pauses.drain_per_second, settings.pauses.preview)
    activities = IncidentActivities(PostgresIncidents(api.engine, policy, link_to))
    order = NoticeOrder(run_id=UUID(incident["clients"][0]["run"]), number=incident["update"])
    compose(api.engine, activities, order)
    activities.write_notices(order)


async def test_opening_pauses_what_it_touches_and_says_what_is_held(api: Api) -> None:
    run = UUID(await api.started())
    plan(api.engine, run)

    incident = await opened(api)

    assert (incident["state"], incident["owner"], incident["escalation_owner"]) == ("investigating", BY, BY)
    assert incident["client_safe_status"] == "A delivery service we rely on is not accepting messages"
    assert (incident["held"]["runs"], incident["held"]["in_flight"]) == (1, [])
    assert incident["held"]["messages"] > 0
    assert incident["first_notice_due"] < incident["next_update_due"]
    [pause] = (await api.get("/v1/pauses")).json()
    assert (pause["id"], pause["code"]) == (incident["pauses"][0], "incident")
    [concerned] = incident["clients"]
    assert api.value("SELECT kind FROM run WHERE id = :run", run=concerned["run"]) == "incident_notice"


async def test_the_same_key_opens_it_once_and_another_body_is_refused(api: Api) -> None:
    first, again, other = await send(api), await send(api), await send(api, severity="critical")

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 422)
    assert first.json()["id"] == again.json()["id"]
    assert api.value("SELECT count(*) FROM incident") == 1


@pytest.mark.parametrize(
    ("mistake", "field"),
    [
        ({"clients": ["nobody"]}, "clients"),
        ({"owner": "nobody"}, "owner"),
        ({"touches": [{"scope": "kind"}]}, "kind"),
        ({"touches": [{"scope": "sequence", "sequence": "mised_call"}]}, "sequence"),
        ({"clients": []}, "clients"),
        ({"title": ""}, "title"),
        ({"severity": "terrible"}, "severity"),
    ],
)
async def test_a_mistake_is_named_by_its_field_and_pauses_nothing(
    api: Api, mistake: dict[str, Any], field: str
) -> None:
    answer = await send(api, **mistake)

    assert answer.status_code == 422
    assert any(field in error["field"] for error in answer.json()["errors"])
    assert (await api.get("/v1/pauses")).json() == []


async def test_only_an_incident_owner_may_open_and_move_and_everybody_may_read(api: Api) -> None:
    incident = await opened(api)
    for path in ("", f"/{incident['id']}/resolve", f"/{incident['id']}/notes"):
        answer = await api.post(f"/v1/incidents{path}", BODY, "sales-ops", **{"Idempotency-Key": "k"})
        assert answer.status_code == 403
    assert (await api.get(f"/v1/incidents/{incident['id']}")).status_code == 200
    assert (await api.get(f"/v1/incidents/{uuid4()}")).status_code == 404


async def test_what_colleagues_wrote_stands_beside_what_clients_could_read(api: Api, settings: Settings) -> None:
    incident = await opened(api, note="Vendor ticket 4711 says the queue is stuck.")
    path = f"/v1/incidents/{incident['id']}"
    told(api, incident, settings)
    answer = await api.post(
        f"{path}/updates", {"internal": "The queue moves again.", "words": "A queue was stuck."}, BY
    )
    assert answer.status_code == 201
    told(api, answer.json(), settings)

    found = (await api.get(path)).json()

    first, second = (entry for entry in found["timeline"] if entry["number"])
    others = [(entry["what"].split()[0], entry["internal"]) for entry in found["timeline"] if not entry["number"]]
    assert others == [("note", "Vendor ticket 4711 says the queue is stuck."), ("paused", "0 open runs")]
    assert (second["internal"], second["shown"][0]["state"]) == ("The queue moves again.", "waiting")
    assert "A queue was stuck." in second["shown"][0]["body"]
    assert "The queue moves" not in second["shown"][0]["body"]
    assert first["shown"][0]["state"] == "replaced"


async def test_it_is_moved_resolved_summed_up_and_opened_again(api: Api) -> None:
    incident = await opened(api)
    path = f"/v1/incidents/{incident['id']}"
    moved = await api.post(f"{path}/move", {"to": "identified"}, BY)
    back = await api.post(f"{path}/move", {"to": "investigating"}, BY)
    early = await api.post(f"{path}/summary", {"words": "All good."}, BY)
    resolved = await api.post(f"{path}/resolve", {}, BY)
    late = await api.post(f"{path}/updates", {}, BY)
    summary = await api.post(f"{path}/summary", {"words": "A setting was wrong."}, BY)
    again = await api.post(f"{path}/reopen", {"reason": "it came back"}, BY)

    assert (moved.json()["state"], moved.json()["update"]) == ("identified", 2)
    assert (back.status_code, early.status_code, late.status_code) == (409, 409, 409)
    assert "say why" in back.json()["detail"]
    assert resolved.json()["next_update_due"] is None
    assert resolved.json()["summary_due"] > resolved.json()["resolved_at"]
    assert summary.status_code == 201
    assert again.json()["state"] == "investigating"


async def test_a_draft_is_opened_or_cancelled_and_what_was_opened_cannot_be(api: Api) -> None:
    draft = await opened(api, draft=True)
    assert (draft["state"], draft["pauses"], draft["clients"][0]["run"]) == ("draft", [], None)
    assert (await api.post(f"/v1/incidents/{draft['id']}/cancel", by=BY)).json()["state"] == "cancelled"
    other = await opened(api, draft=True)
    moved = await api.post(f"/v1/incidents/{other['id']}/move", {"to": "investigating"}, BY)
    assert (moved.json()["state"], len(moved.json()["pauses"])) == ("investigating", 1)
    assert (await api.post(f"/v1/incidents/{other['id']}/cancel", by=BY)).status_code == 409


async def test_the_resume_is_asked_for_with_its_preview(api: Api) -> None:
    incident = await opened(api)
    path = f"/v1/incidents/{incident['id']}/resume"
    assert (await api.post(path, {"per_second": 2}, BY)).status_code == 200
    [asked] = [
        found for found in (await api.get("/v1/approvals", by="approver")).json() if found["subject"] == "resume"
    ]
    [shown] = (await api.get(f"/v1/approvals/{asked['id']}", by="approver")).json()["wording"]
    assert shown["body"] == "0 messages will be sent at 2 per second, each through every check."
    assert asked["title"] == "Resume after: Twilio is down"
    nothing = await opened(api, touches=[])
    assert (await api.post(f"/v1/incidents/{nothing['id']}/resume", {}, BY)).status_code == 409


async def test_an_incident_that_is_opened_again_takes_back_what_was_asked_of_its_approver(api: Api) -> None:
    incident = await opened(api)
    path = f"/v1/incidents/{incident['id']}"
    await api.post(f"{path}/resolve", {}, BY)
    await api.post(f"{path}/resume", {}, BY)
    assert len((await api.get("/v1/approvals", by="approver")).json()) == 1

    await api.post(f"{path}/reopen", {"reason": "it came back"}, BY)

    assert (await api.get("/v1/approvals", by="approver")).json() == []
    assert [pause["lifted_at"] for pause in (await api.get("/v1/pauses")).json()] == [None]


async def test_it_is_opened_from_an_automatic_pause_with_its_evidence(api: Api) -> None:
    put = {"scope": "client", "client": "acme-plumbing", "reason": "26 of 60 were not delivered", "code": "delivery"}
    pause = (await api.post("/v1/pauses", put, BY)).json()["id"]
    body = {"severity": "major", "from_pause": pause}
    answer = await api.post("/v1/incidents", body, BY, **{"Idempotency-Key": "k"})
    assert answer.status_code == 201, answer.text
    found = (await api.get(f"/v1/incidents/{answer.json()['id']}")).json()

    assert (found["title"], found["reason"]) == ("26 of 60 were not delivered", "provider_down")
    assert ([one["client"] for one in found["clients"]], len(found["touches"])) == (["acme-plumbing"], 1)
    assert found["evidence"]["why"] == "26 of 60 were not delivered"


async def test_the_list_can_be_narrowed(api: Api) -> None:
    first, second = await opened(api), await opened(api, title="another")
    await api.post(f"/v1/incidents/{first['id']}/resolve", {}, BY)

    everything = (await api.get("/v1/incidents", client="acme-plumbing")).json()
    resolved = (await api.get("/v1/incidents", state="resolved")).json()

    assert [found["id"] for found in everything] == [second["id"], first["id"]]
    assert [found["id"] for found in resolved] == [first["id"]]
    assert (await api.get("/v1/incidents", client="another")).status_code == 404


async def test_a_run_of_an_incident_is_explained(api: Api, settings: Settings) -> None:
    incident = await opened(api)
    told(api, incident, settings)
    run = incident["clients"][0]["run"]
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE run SET started_at = clock_timestamp(), state = 'awaiting_approval'")
        connection.exec_driver_sql("DELETE FROM outbox")

    rules = gate_rules("always_open", settings.timers.inbound_silence, 1)
    with transaction(api.engine) as session:
        explained = explain_run(session, UUID(run), rules)

    assert "Update 1 waits for the approval and the privacy review of its post." in explained.answer
    assert any("is reminded before" in step.what for step in explained.next)


async def test_while_a_correction_waits_an_incident_shows_what_its_clients_still_read(
    api: Api, settings: Settings
) -> None:
    incident = await opened(api)
    told(api, incident, settings)
    path = f"/v1/incidents/{incident['id']}"
    [entry] = [one for one in (await api.get(path)).json()["timeline"] if one["number"]]
    post = UUID(entry["shown"][0]["post_id"])
    desk = PostDesk(api.engine, UUID(int=0), UUID(int=0), REVIEWERS)
    desk.review_twice(post)
    assert desk.publish(post).is_published

    body = {"reason": "it was unclear", "body": "We look into it.\r\n\r\nNothing is needed from you."}
    answer = await api.post(f"/v1/portal-posts/{post}/corrections", body, BY)

    assert answer.status_code == 201, answer.text
    [now] = [one for one in (await api.get(path)).json()["timeline"] if one["number"]]
    assert (now["shown"][0]["body"], now["shown"][0]["state"]) == (entry["shown"][0]["body"], "published")
