"""A person lets a lead that waited go on, or closes it; never past what only the lead can permit."""

from deploy.local.players import angi, callrail, thumbtack
from tests.starter.conftest import Api
from tests.starter.leads.conftest import PHONE, Open


async def test_a_person_completes_a_lead_and_it_goes_on(api: Api, door: Open) -> None:
    here = await door("thumbtack")
    await here.receives(thumbtack.lead("303-55"))
    path = f"/v1/lead-events/{here.event().id}/completion"

    wrong = await api.post(path, {"phone": "303-55"})
    done = await api.post(path, {"phone": "(303) 555-0142", "last_name": "Quillon"})

    assert wrong.status_code == 422
    assert done.status_code == 200, done.text
    assert done.json()["state"] == "accepted"
    assert api.rows("SELECT phone, last_name FROM lead") == [(PHONE, "Quillon")]
    assert api.value("SELECT count(*) FROM run") == 1
    assert api.value("SELECT closed_by FROM owner_task") == "sales-ops"
    assert (await api.post(path, {})).status_code == 409


async def test_nobody_completes_away_a_missing_consent_without_its_proof(api: Api, door: Open) -> None:
    here = await door("angi")
    await here.receives(angi.lead(PHONE, compliant=False))
    path = f"/v1/lead-events/{here.event().id}/completion"
    consent = {"channel": "sms", "kind": "conversational", "source": "call"}

    for refused in ({}, {"accept": ["no_automated_consent"]}, {"consent": [consent]}):
        assert (await api.post(path, refused)).status_code == 422
    assert api.value("SELECT count(*) FROM run") == 0
    done = await api.post(path, {"consent": [consent | {"evidence": "call/2231"}]})

    assert done.json()["state"] == "accepted", done.text
    assert api.rows("SELECT channel, source, evidence FROM consent") == [("sms", "call", "call/2231")]


async def test_what_is_too_late_goes_on_only_if_a_person_says_so(api: Api, door: Open) -> None:
    here = await door("callrail", response_window="PT1H")
    await here.receives(callrail.missed_call(PHONE))
    path = f"/v1/lead-events/{here.event().id}/completion"

    refused = await api.post(path, {})
    assert refused.status_code == 422
    assert refused.json()["reasons"] == ["too_late"]
    assert (await api.post(path, {"accept": ["too_late"]})).json()["state"] == "accepted"


async def test_a_person_closes_a_lead_without_a_run(api: Api, door: Open) -> None:
    here = await door("angi")
    await here.receives(angi.lead(PHONE, compliant=False))
    done = await api.post(f"/v1/lead-events/{here.event().id}/closing", {"reason": "called, booked by phone"})

    assert (done.json()["state"], done.json()["settled_by"]) == ("closed", "sales-ops")
    assert (await api.get("/v1/tasks")).json() == []
    assert api.value("SELECT count(*) FROM run") == 0
