"""What was set aside is tried again by whoever may, and nothing of it is shown."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from models.database.engine import transaction
from models.database.inbound.mails import receive_mail
from models.sealing import KeyRing
from tests.database.mails import a_notification
from tests.starter.builders import PHONE, claimed, inbound, news
from tests.starter.conftest import Api

WRITER = "zephyrine@customer.example"
POISON = "UPDATE inbox SET state = 'poison'"


async def report(api: Api) -> UUID:
    """A report of Twilio's that was set aside, with the task about it."""
    _, token = claimed(api.engine, UUID(await api.started()))
    await api.web_hook(f"/webhooks/twilio/status/{token}", news("delivered"))
    found: UUID = api.value("SELECT id FROM inbox WHERE kind = 'status'")
    with api.engine.begin() as connection:
        connection.execute(text(POISON))
        connection.execute(
            text(
                "INSERT INTO owner_task (id, kind, subject, owner, instruction, evidence) "
                "VALUES (gen_random_uuid(), 'inbound_poison', :id, 'engineer', 'look', '{}')"
            ),
            {"id": str(found)},
        )
    return found


@pytest.mark.parametrize("by", ["engineer", "incident-owner", "sales-ops"])
async def test_a_report_that_was_set_aside_is_taken_up_by_the_relay(api: Api, by: str) -> None:
    inbox_id = await report(api)

    first = await api.post(f"/v1/inbox/{inbox_id}/retry", {}, by=by)
    again = await api.post(f"/v1/inbox/{inbox_id}/retry", {}, by=by)

    assert first.json() == {"id": str(inbox_id), "tried": True, "state": "waiting"}
    assert again.json() == {"id": str(inbox_id), "tried": False, "state": "waiting"}
    assert api.rows("SELECT actor FROM event WHERE kind = 'inbound_retried'") == [(by,)]
    assert api.value("SELECT count(*) FROM owner_task WHERE closed_at IS NULL") == 0
    api.consume()
    assert api.value("SELECT delivery FROM message WHERE step = 'answer'") == "delivered"


async def test_a_text_that_was_set_aside_takes_effect_at_once(api: Api) -> None:
    await api.started()
    await api.web_hook("/webhooks/twilio/inbound", inbound("STOP"))
    with api.engine.begin() as connection:
        connection.execute(text("DELETE FROM reply"))
        connection.execute(text("DELETE FROM consent WHERE status = 'revoked'"))
        connection.execute(text(POISON))

    answer = await api.post(f"/v1/inbox/{api.value('SELECT id FROM inbox')}/retry", {}, by="engineer")

    assert answer.json()["tried"] is True
    assert api.value("SELECT count(*) FROM consent WHERE status = 'revoked'") == 1
    assert PHONE not in answer.text


async def test_a_mail_that_was_set_aside_takes_effect_at_once(api: Api) -> None:
    await api.started(lead={"email": WRITER})
    mail = a_notification(None, None, "unsubscribe", to="hello@in.example.com", sender=WRITER)
    with transaction(api.engine) as session:
        assert receive_mail(session, KeyRing({"k1": bytes(32)}, "k1"), b"callback-key", "envelope-1", mail)
    with api.engine.begin() as connection:
        connection.execute(text("DELETE FROM reply"))
        connection.execute(text("DELETE FROM consent WHERE status = 'revoked'"))
        connection.execute(text(POISON))

    answer = await api.post(f"/v1/inbox/{api.value('SELECT id FROM inbox')}/retry", {}, by="engineer")

    assert (answer.json()["tried"], answer.json()["state"]) == (True, "orphan")
    assert api.value("SELECT count(*) FROM consent WHERE status = 'revoked' AND channel = 'email'") == 1


async def test_a_mail_that_still_cannot_be_read_stays_set_aside(api: Api) -> None:
    with transaction(api.engine) as session:
        assert receive_mail(session, KeyRing({"k1": bytes(32)}, "k1"), b"callback-key", "envelope-1", "{}")

    answer = await api.post(f"/v1/inbox/{api.value('SELECT id FROM inbox')}/retry", {}, by="engineer")

    assert (answer.json()["tried"], answer.json()["state"]) == (False, "poison")
    assert api.value("SELECT count(*) FROM owner_task WHERE closed_at IS NULL") == 1


async def test_what_cannot_be_opened_stays_set_aside_and_stops_nothing_else(api: Api) -> None:
    await api.started()
    for sid in ("SM1", "SM2"):
        await api.web_hook("/webhooks/twilio/inbound", inbound("hello", sid))
    with api.engine.begin() as connection:
        connection.execute(text("DELETE FROM reply"))
        connection.execute(text(f"{POISON}, sealed_with = CASE dedupe_key WHEN 'SM1' THEN 'lost' ELSE sealed_with END"))

    answer = (await api.post("/v1/inbox/retry", {}, by="engineer")).json()

    assert [(row["tried"], row["state"]) for row in answer["retried"]] == [(False, "poison"), (True, "waiting")]
    assert answer["next"] is None


async def test_everything_is_tried_again_in_portions(api: Api) -> None:
    with api.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO inbox (id, source, dedupe_key, kind, state, sealed_with, sealed_body) "
                "SELECT gen_random_uuid(), 'twilio', n::text, 'status', 'poison', 'k1', '' FROM generate_series(1, 101) n"
            )
        )
    first = (await api.post("/v1/inbox/retry", {}, by="engineer")).json()
    second = (await api.post("/v1/inbox/retry", {"after": first["next"]}, by="engineer")).json()

    assert (len(first["retried"]), len(second["retried"]), second["next"]) == (100, 1, None)
    assert api.rows("SELECT DISTINCT state FROM inbox") == [("waiting",)]


async def test_what_never_came_in_is_not_found(api: Api) -> None:
    assert (await api.post(f"/v1/inbox/{uuid4()}/retry", {}, by="engineer")).status_code == 404
