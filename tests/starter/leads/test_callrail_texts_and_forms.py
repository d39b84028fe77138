"""CallRail also tells of forms and of texts to its numbers: a form is a lead, a text a reply or a stranger's."""

import pytest

from deploy.local.players import callrail
from tests.starter.conftest import Api
from tests.starter.leads.conftest import PHONE, Open


async def test_a_form_whose_account_says_what_it_permits_is_a_lead(api: Api, door: Open) -> None:
    here = await door("callrail", sequence="quote_request", wordings={"form": "informational"})

    assert (await here.receives(callrail.form(PHONE))).status_code == 200

    event = here.event()
    assert (event.state, event.phone, event.source) == ("accepted", PHONE, "web_form")
    assert (event.contact["first_name"], event.market["postal_code"]) == ("Zephyrine", "80202")
    assert event.job["description"] == "The tap drips"
    assert event.job["answers"] == [{"question": "How soon?", "answer": "This week"}]
    assert api.rows("SELECT channel, kind FROM consent ORDER BY channel") == [("email", 2), ("sms", 2)]
    assert api.value("SELECT count(*) FROM run") == 1
    assert (await api.get(f"/v1/lead-events/{event.id}")).json()["answer"] is None


async def test_fields_may_come_as_a_list_of_names_and_values(door: Open) -> None:
    here = await door("callrail", wordings={"form": "informational"})
    listed = [
        {"name": "Your phone", "value": "x"},
        {"name": "Phone", "value": PHONE},
        {"name": "Name", "value": "Zed Ash"},
    ]
    await here.receives(callrail.form("", form_data=listed))

    assert (here.event().phone, here.event().contact["last_name"]) == (PHONE, "Ash")


async def test_a_form_that_proves_no_permission_is_for_a_person(api: Api, door: Open) -> None:
    here = await door("callrail")
    await here.receives(callrail.form(PHONE))

    assert (here.event().state, here.event().reasons) == ("needs_person", ["no_automated_consent"])
    assert api.value("SELECT count(*) FROM run") == 0


async def test_a_text_of_a_known_number_is_a_reply_and_ends_the_automation(api: Api, door: Open) -> None:
    here = await door("callrail")
    await here.receives(callrail.missed_call(PHONE))
    run = here.event().run_id

    await here.receives(callrail.text(PHONE, "Can you come on Monday?"))
    await here.receives(callrail.text(PHONE, "Can you come on Monday?"))

    assert api.rows("SELECT run_id, channel, ends_automation FROM reply") == [(run, "sms", True)]
    assert api.rows("SELECT state, run_id FROM lead_event WHERE kind = 'message'") == [("duplicate", run)]


@pytest.mark.parametrize("known", [True, False])
async def test_a_stop_to_a_tracking_number_counts_at_once_whoever_sends_it(api: Api, door: Open, known: bool) -> None:
    here = await door("callrail")
    if known:
        await here.receives(callrail.missed_call(PHONE))

    await here.receives(callrail.text(PHONE, "STOP"))

    assert api.value("SELECT status FROM consent ORDER BY id DESC LIMIT 1") == "revoked"


async def test_a_text_of_a_stranger_is_for_a_person(api: Api, door: Open) -> None:
    here = await door("callrail")
    await here.receives(callrail.text(PHONE, "Do you fix taps?"))

    assert api.rows("SELECT state, reasons FROM lead_event") == [("needs_person", ["message_without_lead"])]
    assert [task["kind"] for task in (await api.get("/v1/tasks")).json()] == ["lead_event"]
    assert api.value("SELECT count(*) FROM run") == 0


async def test_a_long_transcript_is_taken_in_up_to_a_limit(api: Api, door: Open) -> None:
    here = await door("callrail")
    assert (await here.receives(callrail.missed_call(PHONE, transcription="x" * 200_000))).status_code == 200
    assert (await here.receives(callrail.missed_call(PHONE, "CAL2", transcription="x" * 262_144))).status_code == 413
    form = await door("web_form")
    assert (await form.receives({"page_url": "x" * 70_000})).status_code == 413

    assert api.value("SELECT count(*) FROM lead_event") == 1


async def test_no_number_of_the_business_itself_is_written_to(api: Api, door: Open) -> None:
    here = await door("callrail", wordings={"form": "informational"})
    await here.receives(callrail.form("+13035550100"))

    assert here.event().reasons == ["own_number"]
    assert api.value("SELECT count(*) FROM run") == 0
