"""The same lead, and the same person, come in through several doors and are one contact with one active enrolment."""

import asyncio

from deploy.local.players import angi, callrail, thumbtack, twilio_voice, web_form
from tests.starter.builders import an_order
from tests.starter.conftest import Api
from tests.starter.leads.conftest import PHONE, Open


async def test_one_person_through_three_sources_within_a_day_is_one_lead_with_one_run(api: Api, door: Open) -> None:
    await (await door("twilio_voice")).receives(twilio_voice.missed_call(PHONE))
    await (await door("thumbtack")).receives(thumbtack.lead("3035550142"))
    await (await door("web_form")).receives(web_form.lead("(303) 555-0142"))

    assert api.value("SELECT count(*) FROM run") == api.value("SELECT count(*) FROM lead") == 1
    told = api.rows(
        "SELECT state, reasons, lead_id IS NOT NULL, run_id IS NOT NULL FROM lead_event ORDER BY received_at"
    )
    assert told == [("accepted", [], True, True), *[("duplicate", ["same_contact"], True, True)] * 2]
    # Each event adds what only it says, and its own evidence.
    assert api.rows("SELECT first_name, email FROM lead") == [("Teo", "vera@example.com")]
    assert api.value("SELECT count(*) FROM consent WHERE channel = 'sms'") == 3


async def test_the_same_email_address_makes_the_same_person(api: Api, door: Open) -> None:
    here = await door("web_form")
    form = web_form.lead("")
    await here.receives(form)
    await here.receives(web_form.lead(PHONE, "form-2"), identity="2")

    assert api.value("SELECT count(*) FROM lead") == 1
    assert api.rows("SELECT phone, email FROM lead") == [(PHONE, "vera@example.com")]


async def test_another_client_is_another_relation(api: Api, door: Open) -> None:
    await api.post("/v1/clients", {"key": "other", "name": "Other", "phone": "+13035550177", "postal_address": "1 Elm"})
    await (await door("twilio_voice")).receives(twilio_voice.missed_call(PHONE))
    await (await door("callrail", client="other")).receives(callrail.missed_call(PHONE))

    assert api.value("SELECT count(*) FROM run") == 2


async def test_a_day_later_the_same_person_is_enrolled_again_unless_their_run_is_still_open(
    api: Api, door: Open
) -> None:
    here = await door("twilio_voice")
    await here.receives(twilio_voice.missed_call(PHONE))
    _age(api)
    await here.receives(twilio_voice.missed_call(PHONE, "CA" + "3" * 32))
    _age(api)
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE run SET closed_at = now(), state = 'closed'")
        connection.exec_driver_sql("DELETE FROM active_enrollment")
    await here.receives(twilio_voice.missed_call(PHONE, "CA" + "4" * 32))

    assert api.rows("SELECT state FROM lead_event ORDER BY received_at") == [
        ("accepted",),
        ("duplicate",),
        ("accepted",),
    ]
    assert api.value("SELECT count(*) FROM lead") == 2


async def test_a_run_that_a_person_started_counts_too(api: Api, door: Open) -> None:
    run = await api.started(lead={"phone": PHONE})
    here = await door("twilio_voice")
    await here.receives(twilio_voice.missed_call(PHONE))

    assert (here.event().state, str(here.event().run_id)) == ("duplicate", run)


async def test_who_asks_again_after_their_run_has_ended_is_called_by_a_person(api: Api, door: Open) -> None:
    here = await door("twilio_voice")
    await here.receives(twilio_voice.missed_call(PHONE))
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE run SET closed_at = now(), state = 'closed', outcome = 'replied'")
    await here.receives(twilio_voice.missed_call(PHONE, "CA" + "3" * 32))

    assert api.value("SELECT count(*) FROM run") == 1
    assert api.rows("SELECT kind, owner FROM owner_task") == [("lead_asked_again", "sales-ops")]


async def test_the_same_lead_with_another_number_is_a_contradiction(api: Api, door: Open) -> None:
    here = await door("twilio_voice")
    await here.receives(twilio_voice.missed_call(PHONE))
    await here.receives(twilio_voice.status("+13035550143"))

    assert api.rows("SELECT state, reasons FROM lead_event ORDER BY received_at")[1] == (
        "needs_person",
        ["contact_changed"],
    )
    assert api.value("SELECT count(*) FROM run") == 1


async def test_twelve_sources_at_once_enrol_one_person_once(api: Api, door: Open) -> None:
    calls, forms = await door("twilio_voice"), await door("web_form")
    await asyncio.gather(
        *(calls.receives(twilio_voice.missed_call(PHONE, f"CA{n:032d}")) for n in range(6)),
        *(forms.receives(web_form.lead(PHONE, f"form-{n}"), identity=str(n)) for n in range(6)),
    )

    assert api.value("SELECT count(*) FROM lead_event") == 12
    assert api.value("SELECT count(*) FROM run") == 1
    assert api.value("SELECT count(*) FROM lead_event WHERE state = 'accepted'") == 1


async def test_one_request_delivered_ten_times_at_once_is_one_event(api: Api, door: Open) -> None:
    here = await door("angi")
    answers = await asyncio.gather(*(here.receives(angi.lead(PHONE)) for _ in range(10)))

    assert {answer.status_code for answer in answers} == {200}
    assert api.value("SELECT count(*) FROM lead_event") == api.value("SELECT count(*) FROM run") == 1


async def test_an_opt_out_outlives_every_new_lead(api: Api, door: Open) -> None:
    opted_out = {
        "client": "acme-plumbing",
        "channel": "sms",
        "address": PHONE,
        "status": "revoked",
        "evidence": "call/1",
    }
    await api.post("/v1/consent", opted_out)
    await (await door("twilio_voice")).receives(twilio_voice.missed_call(PHONE))

    # The run starts; the gate, not the intake, decides over every message, and this newer permission reopens nothing.
    assert api.rows("SELECT status, source FROM consent ORDER BY id") == [
        ("revoked", "staff"),
        ("granted", "missed_call"),
    ]


async def test_an_order_of_staff_is_still_what_it_was(api: Api) -> None:
    assert (await api.start(an_order())).status_code == 202


def _age(api: Api) -> None:
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE lead_event SET received_at = received_at - interval '25 hours'")
