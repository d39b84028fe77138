"""Sending again through the API: who may, when, and what each is told."""

import asyncio
from uuid import UUID

import pytest

from models.terms import Role
from tests.starter.builders import claimed
from tests.starter.conftest import Api

AGAIN = {"answer": "send_again", "reason": "the lead waits for it"}


@pytest.fixture
async def message_id(api: Api) -> UUID:
    """A message that is with a person, long after its call."""
    found, _ = claimed(api.engine, UUID(await api.started()))
    with api.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE attempt SET outcome = 'unknown'")
        connection.exec_driver_sql(
            "UPDATE message SET state = 'escalated', next_check_at = NULL, lease_until = clock_timestamp() - interval '1 hour'"
        )
        connection.exec_driver_sql(
            "INSERT INTO owner_task (id, kind, subject, message_id, owner, instruction, evidence) "
            f"VALUES (gen_random_uuid(), 'message_in_doubt', '{found}', '{found}', 'incident-owner', '', '{{}}')"
        )
    return found


async def test_it_takes_an_incident_owner_and_a_second_person(api: Api, message_id: UUID) -> None:
    path = f"/v1/messages/{message_id}/resolution"
    asked = await api.post(path, AGAIN, by="incident-owner")
    repeated = await api.post(path, AGAIN, by="incident-owner")
    shown = (await api.get(f"/v1/messages/{message_id}", by="engineer")).json()
    [task] = (await api.get("/v1/tasks")).json()
    confirmed = await api.post(path, {"answer": "send_again"}, by="approver")
    once_more = await api.post(path, {"answer": "send_again"}, by="approver-2")

    waits = "To be sent again: asked by incident-owner, waits for a second person."
    assert (asked.status_code, asked.json()["in_words"]) == (200, f"Noted; nothing is sent yet. {waits}")
    assert repeated.json()["in_words"].startswith("You have asked for it before; this changes nothing")
    assert (shown["state"], shown["pending"], task["pending"]) == ("escalated", waits, waits)
    assert confirmed.json()["in_words"].startswith("Two people agree.")
    assert "confirmed by approver; the provider is looked at once more" in confirmed.json()["pending"]
    assert "this changes nothing" in once_more.json()["in_words"]
    assert api.rows("SELECT asked_by, confirmed_by, reason, result FROM resend") == [
        ("incident-owner", "approver", AGAIN["reason"], None)
    ]
    assert api.value("SELECT state FROM message") == "escalated"


async def test_an_approver_may_confirm_and_nothing_else(api: Api, message_id: UUID) -> None:
    path = f"/v1/messages/{message_id}/resolution"
    for body in (AGAIN, {"answer": "not_sent"}, {"answer": "was_sent", "provider_message_id": "SM1"}):
        refused = await api.post(path, body, by="approver")
        assert (refused.status_code, "incident_owner" in refused.json()["detail"]) == (403, True)
    assert (await api.post(path, AGAIN, by="sales-ops")).status_code == 403
    assert api.value("SELECT count(*) FROM resend") == 0


async def test_the_same_person_in_two_roles_is_still_one_person(api: Api, message_id: UUID) -> None:
    with api.engine.begin() as connection:
        roles = [Role.INCIDENT_OWNER, Role.APPROVER]
        connection.exec_driver_sql("UPDATE staff SET roles = %s WHERE handle = 'incident-owner'", (roles,))
    for _ in range(2):
        await api.post(f"/v1/messages/{message_id}/resolution", AGAIN, by="incident-owner")

    assert api.rows("SELECT confirmed_by FROM resend") == [(None,)]


async def test_two_confirmations_at_once_are_one(api: Api, message_id: UUID) -> None:
    path = f"/v1/messages/{message_id}/resolution"
    await api.post(path, AGAIN, by="incident-owner")
    answers = await asyncio.gather(*(api.post(path, AGAIN, by=by) for by in ("approver", "approver-2")))

    assert [answer.status_code for answer in answers] == [200, 200]
    assert api.value("SELECT count(*) FROM event WHERE kind = 'resend_asked'") == 2


@pytest.mark.parametrize("state", ["dispatching", "unknown", "escalated"])
async def test_before_the_horizon_it_says_from_when(api: Api, message_id: UUID, state: str) -> None:
    with api.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE message SET state = '{state}', lease_until = '2126-01-01 12:00:00+00', next_check_at = clock_timestamp()"
        )
    answer = await api.post(f"/v1/messages/{message_id}/resolution", AGAIN, by="incident-owner")

    assert answer.status_code == 409
    assert "not before 2126-01-01 12:15:00 UTC" in answer.json()["detail"]
    assert api.value("SELECT count(*) FROM resend") == 0


async def test_a_wish_needs_a_reason_without_personal_data(api: Api, message_id: UUID) -> None:
    path = f"/v1/messages/{message_id}/resolution"
    missing = await api.post(path, {"answer": "send_again"}, by="incident-owner")
    personal = await api.post(path, AGAIN | {"reason": "call 303 555 0123"}, by="incident-owner")
    mixed = await api.post(path, AGAIN | {"provider_message_id": "SM1"}, by="incident-owner")

    assert missing.json()["errors"][0]["field"] == "reason"
    assert (missing.status_code, personal.status_code, mixed.status_code) == (422, 422, 422)


async def test_a_settled_message_is_not_sent_again(api: Api, message_id: UUID) -> None:
    path = f"/v1/messages/{message_id}/resolution"
    await api.post(path, {"answer": "not_sent"}, by="incident-owner")
    answer = await api.post(path, AGAIN, by="incident-owner")

    assert (answer.status_code, "there is nothing to resolve" in answer.json()["detail"]) == (409, True)


async def test_an_id_that_another_message_has_is_refused(api: Api, message_id: UUID) -> None:
    other, _ = claimed(api.engine, UUID(await api.started(lead={"source_lead_id": "call-2", "phone": "+13035550124"})))
    taken = "SM" + "d" * 32
    with api.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE message SET state = 'accepted', provider_message_id = '{taken}' WHERE id = '{other}'"
        )
    body = {"answer": "was_sent", "provider_message_id": taken}
    answer = await api.post(f"/v1/messages/{message_id}/resolution", body, by="incident-owner")

    assert (answer.status_code, "bound to another message" in answer.json()["detail"]) == (409, True)
    assert api.rows("SELECT state FROM message WHERE id = :id", id=message_id) == [("escalated",)]
    assert api.value("SELECT count(*) FROM owner_task WHERE kind = 'conflicting_evidence'") == 1


async def test_a_message_that_does_not_exist_is_not_found(api: Api) -> None:
    assert (await api.get("/v1/messages/00000000-0000-4000-8000-000000000000")).status_code == 404


@pytest.mark.parametrize("answer", ["not_sent", "send_again"])
async def test_while_a_report_of_its_provider_waits_to_be_read_nobody_says_that_it_was_not_sent(
    api: Api, message_id: UUID, answer: str
) -> None:
    with api.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO inbox (id, source, dedupe_key, kind, state, sealed_with, sealed_body, token_hash) "
            "SELECT gen_random_uuid(), 'twilio', 'k', 'status', 'waiting', 'k1', '', token_hash FROM attempt"
        )
    path = f"/v1/messages/{message_id}/resolution"
    body = AGAIN if answer == "send_again" else {"answer": answer}

    refused = await api.post(path, body, by="incident-owner")

    assert (refused.status_code, "is being read" in refused.json()["detail"]) == (409, True)
    assert api.value("SELECT state FROM message") == "escalated"
