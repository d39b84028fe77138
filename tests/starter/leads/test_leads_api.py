"""A lead by API, and reading what came in."""

import asyncio
from typing import Any

from deploy.local.players import angi
from tests.starter.conftest import Api
from tests.starter.leads.conftest import PHONE, Open


def _lead(**changes: Any) -> dict[str, Any]:
    return {
        "client": "acme-plumbing",
        "sequence": "quote_request",
        "source": "quote_request",
        "source_lead_id": "q-1",
        "first_name": "Zephyrine",
        "phone": "(303) 555-0142",
        "email": "zeph@example.com",
        "postal_code": "80202",
        "service_type": "water heater",
        "attribution": {"utm_source": "google", "gclid": "g-1"},
    } | changes


async def _bring(api: Api, key: str = "k", **changes: Any) -> Any:
    return await api.post("/v1/leads", _lead(**changes), **{"Idempotency-Key": key})


async def test_a_lead_by_api_is_the_same_event_and_starts_its_run(api: Api) -> None:
    answer = await _bring(api)

    assert answer.status_code == 202, answer.text
    said = answer.json()
    assert (said["state"], said["way"], said["contact"]["phone"]) == ("accepted", "api", PHONE)
    assert said["attribution"]["utm"] == {"source": "google"}
    assert (await api.get(said["run"])).json()["state"] == "requested"
    assert "zeph@example.com" in (await api.get(said["raw"])).json()["content"]


async def test_the_same_key_gets_the_same_answer_and_another_body_is_refused(api: Api) -> None:
    first, same = await _bring(api), await _bring(api)
    other = await _bring(api, first_name="Otto")

    assert first.json() == same.json()
    assert other.status_code == 422
    assert "new key" in other.json()["detail"]
    assert api.value("SELECT count(*) FROM run") == 1


async def test_twelve_at_once_with_one_key_are_one_lead(api: Api) -> None:
    answers = await asyncio.gather(*(_bring(api) for _ in range(12)))

    assert {answer.status_code for answer in answers} == {202}
    assert api.value("SELECT count(*) FROM lead_event") == 1


async def test_a_lead_that_lacks_something_is_kept_for_a_person_instead_of_being_refused(api: Api) -> None:
    answer = await _bring(api, phone="303-55", email="")

    assert answer.status_code == 202
    assert answer.json()["reasons"] == ["unusable_phone"]
    assert answer.json()["in_words"] == "its phone number cannot be used"


async def test_a_lead_without_a_proven_permission_is_stored_and_not_written_to(api: Api) -> None:
    answer = await _bring(api, source="manual")

    assert (answer.json()["state"], answer.json()["run"]) == ("kept", None)
    done = await api.post(
        f"/v1/lead-events/{answer.json()['id']}/completion",
        {"consent": [{"channel": "sms", "kind": "informational", "source": "call", "evidence": "call/1"}]},
    )
    assert done.status_code == 200, done.text
    assert done.json()["state"] == "accepted"


async def test_lead_events_are_listed_in_pages_without_who_it_is(api: Api) -> None:
    for number in range(5):
        await _bring(api, key=str(number), source_lead_id=f"q-{number}", phone=f"+1303555014{number}", email="")
    first = (await api.get("/v1/lead-events", by="approver", limit=3)).json()
    rest = (await api.get("/v1/lead-events", limit=3, after=first["next"], state="accepted", way="api")).json()

    assert (len(first["events"]), len(rest["events"]), rest["next"]) == (3, 2, None)
    assert "555014" not in str(first)
    assert "Zephyrine" not in str(first)
    assert (await api.get(f"/v1/lead-events/{first['events'][0]['id']}", by="approver")).status_code == 403


async def test_only_sales_ops_set_sources_and_settle_leads(api: Api, door: Open) -> None:
    here = await door("angi")
    await here.receives(angi.lead(PHONE, compliant=False))
    path = f"/v1/lead-events/{here.event().id}"

    for by in ("approver", "engineer", "incident-owner"):
        assert (await api.post(f"{path}/completion", {}, by=by)).status_code == 403
        assert (await api.post(f"{path}/closing", {"reason": "x"}, by=by)).status_code == 403
        headers = api.shows(by)
        assert (await api.http.put("/v1/lead-sources/angi/acme", json={}, headers=headers)).status_code == 403
        assert (await api.post("/v1/leads", {}, by=by)).status_code == 403
        assert (await api.post("/v1/imports", {}, by=by)).status_code == 403
