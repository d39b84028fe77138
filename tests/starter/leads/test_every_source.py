"""What every source sends, in the shape its vendor gives it, goes in by HTTP and comes out as the one lead event."""

from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.local.players import angi, callrail, google_ads, thumbtack, twilio_voice, web_form
from tests.starter.conftest import Api
from tests.starter.leads.conftest import PHONE, Open

LEADS: dict[str, dict[str, Any]] = {
    "twilio_voice": twilio_voice.missed_call(PHONE),
    "callrail": callrail.missed_call(PHONE),
    "thumbtack": thumbtack.lead("3035550142"),
    "angi": angi.lead("(303) 555-0142"),
    "web_form": web_form.lead("303.555.0142"),
    "google_ads": google_ads.lead("+1 303 555 0142"),
}


@pytest.mark.parametrize("way", LEADS)
async def test_a_lead_becomes_a_normalised_event_a_lead_with_its_consent_and_a_run(
    api: Api, door: Open, way: str
) -> None:
    here = await door(way)
    answer = await here.receives(LEADS[way])

    assert answer.status_code in (200, 202), answer.text
    event = here.event()
    assert (event.state, event.reasons, event.phone) == ("accepted", [], PHONE)
    assert event.schema_version == 1
    [lead] = api.rows("SELECT id, phone, source FROM lead")
    assert (lead.id, lead.phone) == (event.lead_id, PHONE)
    assert api.rows("SELECT id, state, owner FROM run") == [(event.run_id, "requested", "sales-ops")]
    assert api.value("SELECT count(*) FROM outbox") == 1
    assert ("sms", "granted", f"inbox/{event.inbox_id}" if way != "angi" else "angi/consent-77") in {
        (row.channel, row.status, row.evidence) for row in api.rows("SELECT * FROM consent")
    }


@pytest.mark.parametrize("way", LEADS)
async def test_the_raw_request_is_kept_apart_and_sealed(api: Api, door: Open, way: str) -> None:
    here = await door(way)
    await here.receives(LEADS[way])

    [kept] = api.rows("SELECT id, kind, sealed_body FROM inbox")
    assert (kept.id, kept.kind) == (here.event().inbox_id, "lead")
    assert b"5550142" not in bytes(kept.sealed_body)
    opened = await api.get(f"/v1/inbox/{kept.id}")
    assert "5550142" in opened.json()["content"].replace("-", "").replace(".", "").replace(" ", "")


@pytest.mark.parametrize("way", LEADS)
async def test_a_replayed_request_changes_nothing_and_is_answered_alike(api: Api, door: Open, way: str) -> None:
    here = await door(way)
    first, *more = [await here.receives(LEADS[way]) for _ in range(3)]

    assert all((again.status_code, again.text) == (first.status_code, first.text) for again in more)
    assert api.value("SELECT count(*) FROM lead_event") == 1
    assert api.value("SELECT count(*) FROM run") == 1
    assert api.value("SELECT count(*) FROM inbox") == 1


async def test_each_source_gets_the_answer_it_expects(door: Open) -> None:
    twilio = await (await door("twilio_voice")).receives(LEADS["twilio_voice"])
    assert twilio.headers["content-type"].startswith("text/xml")
    assert twilio.text.endswith("<Response/>")
    assert (await (await door("angi")).receives(LEADS["angi"])).json() == {"status": "success"}
    assert (await (await door("web_form")).receives(LEADS["web_form"])).status_code == 202


async def test_a_thumbtack_lead_keeps_all_that_it_says(door: Open) -> None:
    here = await door("thumbtack")
    await here.receives(LEADS["thumbtack"])

    event = here.event()
    assert event.source == "thumbtack"
    assert event.source_lead_id == thumbtack.NEGOTIATION
    assert event.occurred_at == datetime(2026, 11, 20, 18, tzinfo=UTC)
    assert event.contact["first_name"] == "Teo"
    assert event.job["category"] == "Plumbing Drain Repair"
    assert event.job["answers"] == [{"question": "What is broken?", "answer": "A tap"}]
    assert event.job["requested_times"] == [{"starts": "2026-11-23T16:00:00Z", "ends": "2026-11-23T18:00:00Z"}]
    assert event.money == {"lead_fee": "25.00", "estimate": "180.00"}
    assert event.market["postal_code"] == "80202"
    assert event.thread == {"platform": "thumbtack", "external_id": thumbtack.NEGOTIATION}


async def test_a_call_keeps_what_brought_the_caller(api: Api, door: Open) -> None:
    here = await door("callrail")
    await here.receives(LEADS["callrail"])

    event = here.event()
    assert event.attribution["utm"] == {"source": "google", "medium": "cpc", "campaign": "winter"}
    assert event.attribution["gclid"] == "Cj0KCQ-demo"
    assert event.attribution["tracking_number"] == "+13035550199"
    assert event.contact["first_name"] == ""  # the caller id of nobody
    assert api.value("SELECT attribution ->> 'utm_campaign' FROM lead") == "winter"


async def test_what_a_forms_wording_permits_is_set_here_and_not_by_the_form(api: Api, door: Open) -> None:
    here = await door("web_form", wordings={"2026-03": "promotional"})
    await here.receives(LEADS["web_form"])
    await here.receives(
        web_form.lead("+13035550143", "form-2", consent={"sms": True, "wording_version": "mine"}), identity="2"
    )

    granted = api.rows("SELECT channel, kind, wording_version FROM consent ORDER BY id")
    assert sorted(granted[:2]) == [("email", 3, "2026-03"), ("sms", 3, "2026-03")]
    assert granted[2:] == [("sms", 1, "mine")]
