"""What is incomplete, contradictory or too late is never sent; it is on a named person's list, who can let it go on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from deploy.local.players import angi, callrail, thumbtack, twilio_voice, web_form
from tests.starter.conftest import Api
from tests.starter.leads.conftest import PHONE, Open


def _ago(**span: float) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


WAITING: dict[str, tuple[str, dict[str, Any], list[str]]] = {
    "no_phone": ("thumbtack", thumbtack.lead(None), ["no_address"]),
    "masked": ("thumbtack", thumbtack.lead("(303) ***-0142"), ["masked_phone"]),
    "relay_number": ("angi", angi.lead(PHONE, primaryPhoneDetails={"maskedNumber": True}), ["masked_phone"]),
    "bad_number": ("thumbtack", thumbtack.lead("303-55"), ["unusable_phone"]),
    "no_to_machines": ("angi", angi.lead(PHONE, compliant=False), ["no_automated_consent"]),
    "nothing_about_machines": ("angi", angi.lead(PHONE, compliant=None), ["no_automated_consent"]),
    "yes_without_proof": ("angi", angi.lead(PHONE, automatedContactConsentId=""), ["no_automated_consent"]),
    "no_box_ticked": (
        "web_form",
        web_form.lead(PHONE, consent={"sms": False, "email": False, "wording_version": "2026-03"}),
        ["no_automated_consent"],
    ),
    "no_wording": ("web_form", web_form.lead(PHONE, consent={"sms": True, "email": True}), ["no_automated_consent"]),
    "two_places": ("angi", angi.lead(PHONE, stateProvince="NY"), ["place_contradicts"]),
    "own_number": ("callrail", callrail.missed_call("+13035550100"), ["own_number"]),
    "own_tracking_number": ("callrail", callrail.missed_call("+13035550199"), ["own_number"]),
    "tomorrow": ("web_form", web_form.lead(PHONE, submitted_at=_ago(days=-1)), ["in_the_future"]),
}


@pytest.mark.parametrize("case", WAITING)
async def test_a_lead_that_lacks_something_waits_for_a_person_who_is_told_what(api: Api, door: Open, case: str) -> None:
    way, body, reasons = WAITING[case]
    here = await door(way)
    answer = await here.receives(body)

    assert answer.status_code in (200, 202)
    event = here.event()
    assert (event.state, event.reasons) == ("needs_person", reasons)
    assert api.value("SELECT count(*) FROM run") == api.value("SELECT count(*) FROM consent") == 0
    [task] = (await api.get("/v1/tasks")).json()
    assert (task["kind"], task["owner"], task["subject"]) == ("lead_event", "sales-ops", str(event.id))
    assert task["evidence"]["reasons"] == reasons
    assert str(event.id) in task["instruction"]


@pytest.mark.parametrize(
    ("minutes", "state"),
    [(2, "accepted"), (30, "accepted"), (59, "accepted"), (61, "needs_person"), (600, "needs_person")],
)
async def test_a_missed_call_is_judged_by_its_age(api: Api, door: Open, minutes: int, state: str) -> None:
    here = await door("callrail", response_window=None)
    await here.receives(callrail.missed_call(PHONE, start_time=_ago(minutes=minutes)))

    event = here.event()
    assert event.state == state
    assert round(event.age.total_seconds() / 60) == minutes
    if state == "needs_person":
        assert event.reasons == ["too_late"]
        assert api.value("SELECT instruction FROM owner_task").count("old") == 2


async def test_an_account_has_a_window_of_its_own(door: Open) -> None:
    here = await door("callrail", response_window="PT5M")
    await here.receives(callrail.missed_call(PHONE, start_time=_ago(minutes=6)))

    assert here.event().reasons == ["too_late"]


async def test_an_account_that_starts_nothing_gives_every_lead_to_a_person(api: Api, door: Open) -> None:
    here = await door("thumbtack", sequence=None, owner="engineer")
    await here.receives(thumbtack.lead(PHONE))

    assert here.event().reasons == ["no_sequence"]
    assert api.value("SELECT owner FROM owner_task") == "engineer"


async def test_a_client_that_lacks_what_the_texts_show_holds_the_lead_for_a_person(api: Api, door: Open) -> None:
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE client SET phone = '', postal_address = ''")
    here = await door("thumbtack")
    await here.receives(thumbtack.lead(PHONE))

    assert here.event().reasons == ["client_incomplete"]


@pytest.mark.parametrize(
    ("way", "raw"),
    [
        ("thumbtack", b"not json"),
        ("thumbtack", b'{"event": {"eventType": "SomethingNewV5"}, "data": {}}'),
        ("angi", b'["a list"]'),
        ("angi", b'{"leadOid": null}'),
        ("web_form", b'{"idempotency_key": "k"}'),
        ("callrail", b"\xff\xfe"),
    ],
)
async def test_a_verified_request_that_cannot_be_read_is_kept_for_a_person(
    api: Api, door: Open, way: str, raw: bytes
) -> None:
    here = await door(way)
    for _ in range(2):
        sent = here.signs({})
        if way == "web_form":
            sent = web_form.signed(raw, here.secret)
        elif way == "callrail":
            sent = callrail.signed(raw, here.secret)
        answer = await here.api.http.post(here.path, content=raw, headers=sent.headers)
        assert answer.status_code in (200, 202)

    assert here.event().reasons == ["unreadable"]
    assert api.value("SELECT count(*) FROM inbox") == api.value("SELECT count(*) FROM owner_task") == 1


@pytest.mark.parametrize(
    ("way", "body"),
    [
        ("thumbtack", thumbtack.lead("1234567890")),
        ("thumbtack", thumbtack.lead(PHONE, business={"businessID": "1", "name": "Test Business for Webhooks"})),
        ("web_form", web_form.lead(PHONE, test=True)),
    ],
)
async def test_a_test_of_the_connection_is_never_texted(api: Api, door: Open, way: str, body: dict[str, Any]) -> None:
    here = await door(way)
    await here.receives(body)

    assert here.event().state == "test"
    for table in ("run", "lead", "consent", "owner_task"):
        assert api.value(f"SELECT count(*) FROM {table}") == 0


NO_LEADS = {
    "anonymous": ("twilio_voice", twilio_voice.missed_call("+266696687"), "anonymous_caller"),
    "answered": (
        "twilio_voice",
        twilio_voice.missed_call(PHONE, DialCallStatus="completed", DialCallDuration="61"),
        "call_answered",
    ),
    "ringing": ("twilio_voice", twilio_voice.status(PHONE, CallStatus="ringing"), "call_still_going"),
    "outbound": ("twilio_voice", twilio_voice.status(PHONE, Direction="outbound-api"), "outbound_call"),
    "long": ("twilio_voice", twilio_voice.status(PHONE, CallStatus="completed", CallDuration="40"), "call_answered"),
    "rail_answered": ("callrail", callrail.missed_call(PHONE, answered=True, voicemail=False), "call_answered"),
    "rail_ringing": ("callrail", callrail.ringing(PHONE), "call_still_going"),
    "rail_outbound": ("callrail", callrail.missed_call(PHONE, direction="outbound"), "outbound_call"),
    "review": ("thumbtack", {"event": {"eventType": "ReviewCreatedV4"}, "data": {"reviewID": "1"}}, "not_about_a_lead"),
    "trap": ("web_form", web_form.lead(PHONE, website="http://spam.example"), "spam_trap"),
}


@pytest.mark.parametrize("case", NO_LEADS)
async def test_what_is_no_lead_is_kept_with_the_reason_and_starts_nothing(api: Api, door: Open, case: str) -> None:
    way, body, reason = NO_LEADS[case]
    here = await door(way)
    assert (await here.receives(body)).status_code in (200, 202)

    assert (here.event().state, here.event().reasons) == ("ignored", [reason])
    assert api.value("SELECT count(*) FROM run") == api.value("SELECT count(*) FROM owner_task") == 0


@pytest.mark.parametrize(
    "form",
    [
        twilio_voice.status(PHONE),
        twilio_voice.status(PHONE, CallStatus="canceled"),
        twilio_voice.status(PHONE, CallStatus="completed", CallDuration="3"),
        twilio_voice.missed_call(PHONE, DialCallStatus="completed", DialCallDuration="2"),
        twilio_voice.missed_call(PHONE, DialCallStatus="busy"),
    ],
)
async def test_a_call_that_reached_nobody_is_a_missed_call(door: Open, form: dict[str, str]) -> None:
    here = await door("twilio_voice")
    await here.receives(form)

    assert here.event().state == "accepted"


async def test_a_pre_call_does_not_take_the_place_of_the_missed_call_after_it(door: Open, api: Api) -> None:
    here = await door("callrail")
    await here.receives(callrail.ringing(PHONE))
    await here.receives(callrail.missed_call(PHONE))

    assert api.rows("SELECT state FROM lead_event ORDER BY received_at") == [("ignored",), ("accepted",)]


async def test_a_later_event_of_the_same_lead_that_is_complete_takes_it_off_the_list(api: Api, door: Open) -> None:
    here = await door("twilio_voice")
    await here.receives(twilio_voice.missed_call("+1303555"))
    await here.receives(twilio_voice.status(PHONE))

    states = api.rows("SELECT state, reasons FROM lead_event ORDER BY received_at")
    assert states == [("duplicate", ["completed_by_later"]), ("accepted", [])]
    assert (await api.get("/v1/tasks")).json() == []
