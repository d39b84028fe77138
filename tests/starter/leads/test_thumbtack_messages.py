"""What a customer writes on Thumbtack: before the lead, after it, and by the business itself."""

import asyncio

from deploy.local.players import thumbtack
from tests.starter.conftest import Api
from tests.starter.leads.conftest import PHONE, Open


async def test_a_message_before_its_lead_waits_for_it_and_joins_it(api: Api, door: Open) -> None:
    here = await door("thumbtack")
    await here.receives(thumbtack.message("Are you there on Monday?"))
    assert api.rows("SELECT state, reasons FROM lead_event") == [("needs_person", ["message_without_lead"])]
    assert len((await api.get("/v1/tasks")).json()) == 1

    await here.receives(thumbtack.lead(PHONE))

    message, lead = api.rows("SELECT id, state, run_id, duplicate_of FROM lead_event ORDER BY received_at")
    assert (lead.state, message.state) == ("accepted", "duplicate")
    assert (message.duplicate_of, message.run_id) == (lead.id, lead.run_id)
    assert (await api.get("/v1/tasks")).json() == []


async def test_the_description_that_comes_as_a_message_first_is_no_reply(api: Api, door: Open) -> None:
    here = await door("thumbtack")
    await here.receives(thumbtack.message(thumbtack.DESCRIPTION))
    await here.receives(thumbtack.lead(PHONE))
    await here.receives(thumbtack.message(f" {thumbtack.DESCRIPTION.upper()}", identity="2"))

    assert api.rows("SELECT state FROM lead_event ORDER BY received_at") == [("ignored",), ("accepted",), ("ignored",)]
    assert api.value("SELECT count(*) FROM reply") == 0


async def test_a_message_after_the_lead_is_a_reply_and_ends_the_automation(api: Api, door: Open) -> None:
    here = await door("thumbtack")
    await here.receives(thumbtack.lead(PHONE))
    await here.receives(thumbtack.message("Can you do it on Monday?"))

    run = here.event().run_id
    assert api.rows("SELECT run_id, channel, ends_automation FROM reply") == [(run, "thumbtack", True)]
    assert [task["kind"] for task in (await api.get("/v1/tasks")).json()] == ["answer_reply"]
    assert api.value("SELECT news FROM outbox") > 1


async def test_a_stop_on_the_platform_is_an_opt_out(api: Api, door: Open) -> None:
    here = await door("thumbtack")
    await here.receives(thumbtack.lead(PHONE))
    await here.receives(thumbtack.message("STOP"))

    assert api.value("SELECT status FROM consent ORDER BY id DESC LIMIT 1") == "revoked"


async def test_who_said_stop_before_the_lead_came_is_left_to_a_person(api: Api, door: Open) -> None:
    here = await door("thumbtack")
    await here.receives(thumbtack.message("stop texting me"))
    await here.receives(thumbtack.lead(PHONE))

    assert here.event().reasons == ["no_automated_consent"]
    assert api.value("SELECT count(*) FROM run") == 0


async def test_what_the_business_writes_changes_nothing(api: Api, door: Open) -> None:
    here = await door("thumbtack")
    await here.receives(thumbtack.lead(PHONE))
    await here.receives(thumbtack.message("STOP", **{"from": "Business"}))

    assert api.rows("SELECT state, reasons FROM lead_event ORDER BY received_at")[1] == (
        "ignored",
        ["from_the_business"],
    )
    assert (
        api.value("SELECT count(*) FROM reply")
        == api.value("SELECT count(*) FROM consent WHERE status = 'revoked'")
        == 0
    )


async def test_a_message_is_taken_once(api: Api, door: Open) -> None:
    here = await door("thumbtack")
    await here.receives(thumbtack.lead(PHONE))
    for _ in range(3):
        await here.receives(thumbtack.message("Hello?"))

    assert api.value("SELECT count(*) FROM reply") == 1


async def test_messages_and_their_leads_that_come_at_once_find_each_other(api: Api, door: Open) -> None:
    here = await door("thumbtack")
    numbers = [f"90000000000000{n:04d}" for n in range(24)]
    await asyncio.gather(
        *(
            here.receives(body)
            for n, number in enumerate(numbers)
            for body in (thumbtack.message("Hello?", number, f"m-{n}"), thumbtack.lead(f"303555{n + 200:04d}", number))
        )
    )

    assert api.value("SELECT count(*) FROM lead_event WHERE state = 'needs_person'") == 0
    assert api.value("SELECT count(*) FROM lead_event WHERE kind = 'message' AND run_id IS NOT NULL") == len(numbers)
