"""An email that answers nothing we know of is read and assigned by a person, as a text of a stranger is."""

import json
from uuid import UUID, uuid4

import pytest

from models.database.engine import transaction
from models.database.inbound.mails import receive_mail
from models.sealing import KeyRing
from tests.database.mails import a_notification
from tests.starter.conftest import Api

OFFICE = "hello@in.example.com"
STRANGER = "zeph@private.example"


def unmatched(api: Api, words: str, **more: object) -> str:
    """Let an email of an unknown address come in; return its id."""
    mail = a_notification(None, None, words, to=OFFICE, sender=STRANGER, **more)  # type: ignore[arg-type]
    with transaction(api.engine) as session:
        assert receive_mail(session, KeyRing({"k1": bytes(32)}, "k1"), b"callback-key", str(uuid4()), mail)
    return str(api.value("SELECT id FROM inbox WHERE kind = 'mail'"))


@pytest.fixture
async def run_id(api: Api) -> UUID:
    return UUID(await api.started(lead={"email": "zephyrine@customer.example"}))


async def test_an_email_of_a_stranger_is_read_without_what_it_quotes(api: Api) -> None:
    inbox_id = unmatched(api, "Could you come on Tuesday?\n\nOn Mon, Acme wrote:\n> Hello\n")
    [task] = [task for task in (await api.get("/v1/tasks")).json() if task["kind"] == "inbound_mail_unmatched"]

    read = (await api.get(f"/v1/inbox/{inbox_id}")).json()

    assert task["evidence"]["inbox"] == inbox_id
    assert (read["state"], read["sender"], read["text"]) == ("orphan", STRANGER, "Could you come on Tuesday?")
    assert read["assign"] == f"/v1/inbox/{inbox_id}/assign"
    assert "> Hello" in json.loads(read["content"])["content"]


@pytest.mark.parametrize("by_lead", [False, True])
async def test_an_assigned_email_is_the_reply_of_the_run(api: Api, run_id: UUID, by_lead: bool) -> None:
    inbox_id = unmatched(api, "How much is it?")
    body = {"lead_id": str(api.value("SELECT lead_id FROM run"))} if by_lead else {"run_id": str(run_id)}
    before = api.value("SELECT news FROM outbox")

    answer = await api.post(f"/v1/inbox/{inbox_id}/assign", body)

    assert (answer.status_code, answer.json()["run_id"]) == (200, str(run_id)), answer.text
    assert api.rows("SELECT run_id, channel, label, ends_automation FROM reply") == [(run_id, "email", "price", True)]
    assert api.value("SELECT news FROM outbox") > before
    assert [task["kind"] for task in (await api.get("/v1/tasks")).json()] == ["answer_reply"]
    assert (await api.post(f"/v1/inbox/{inbox_id}/assign", body)).status_code == 409


async def test_an_assigned_opt_out_holds_for_both_addresses_of_the_lead(api: Api, run_id: UUID) -> None:
    inbox_id = unmatched(api, "unsubscribe")

    assert (await api.post(f"/v1/inbox/{inbox_id}/assign", {"run_id": str(run_id)})).status_code == 200

    revoked = "SELECT count(DISTINCT address_hash) FROM consent WHERE status = 'revoked' AND channel = 'email'"
    assert api.value(revoked) == 2


async def test_what_amazon_takes_for_spam_takes_effect_only_when_a_person_assigns_it(api: Api, run_id: UUID) -> None:
    inbox_id = unmatched(api, "Yes, please come", verdicts={"spamVerdict": "FAIL"})
    assert api.rows("SELECT 1 FROM reply") == []

    assert (await api.post(f"/v1/inbox/{inbox_id}/assign", {"run_id": str(run_id)})).status_code == 200

    assert api.rows("SELECT channel, ends_automation FROM reply") == [("email", True)]
