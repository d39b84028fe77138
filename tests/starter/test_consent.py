"""Consent as evidence: what is recorded, what it covers, and that it can be read."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from models.addresses import address_hash
from models.database.engine import transaction
from models.database.permission.consent import Address
from models.database.permission.consent_history import standing
from models.terms import Channel
from tests.starter.builders import PHONE, an_order, claimed, inbound
from tests.starter.conftest import Api

MAIL = "zephyrine@example.com"


@pytest.fixture
async def run_id(api: Api) -> UUID:
    lead = {"email": MAIL}
    return UUID(await api.started(**an_order(lead=lead)))


def _event(status: str, **more: Any) -> dict[str, Any]:
    given = {"client": "acme-plumbing", "channel": "sms", "address": PHONE, "evidence": "call/4711", "status": status}
    return given | more


async def _history(api: Api, **whose: str) -> list[dict[str, Any]]:
    answer = await api.post("/v1/consent/history", whose or _whose())
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


def _whose() -> dict[str, str]:
    return {"client": "acme-plumbing", "channel": "sms", "address": PHONE}


async def test_an_opt_out_by_voice_covers_every_channel_of_the_brand(api: Api, run_id: UUID) -> None:
    answer = await api.post("/v1/consent", _event("revoked", source="voice", given_at="2026-11-20T10:00:00Z"))

    assert set(answer.json()["channels"]) == {"sms", "email"}
    rows = api.rows("SELECT source, scope, seller, actor, evidence FROM consent WHERE status = 'revoked'")
    assert rows == [("voice", "brand", "Acme Plumbing", "sales-ops", "call/4711")] * 2
    assert api.value("SELECT count(*) FROM event WHERE kind = 'opted_out'") == 2


async def test_an_opt_out_of_one_channel_leaves_the_other(api: Api, run_id: UUID) -> None:
    await api.post("/v1/consent", _event("revoked", scope="channel"))

    assert api.rows("SELECT channel, scope FROM consent WHERE status = 'revoked'") == [("sms", "channel")]


async def test_the_history_shows_every_event_with_its_evidence(api: Api, run_id: UUID) -> None:
    claimed(api.engine, run_id)
    await api.web_hook("/webhooks/twilio/inbound", inbound("stop texting me"))
    await api.post("/v1/consent", _event("granted", kind="promotional", wording_version="form-v3"))

    [address] = await _history(api)
    assert [event["status"] for event in address["history"]] == ["granted", "revoked", "granted"]
    first, stopped, again = address["history"]
    assert (first["kind"], first["seller"]) == ("conversational", "Acme Plumbing")
    assert stopped["evidence"].startswith("inbox/")
    assert stopped["collected_by"] == "recipient"
    assert (again["source"], again["wording_version"]) == ("documented_opt_in", "form-v3")
    assert (address["opted_out"], address["covers"]) == (False, "promotional")
    assert PHONE not in str(address)


async def test_the_history_of_a_lead_shows_all_addresses(api: Api, run_id: UUID) -> None:
    lead = api.value("SELECT id FROM lead")

    assert [found["channel"] for found in await _history(api, lead=str(lead))] == ["sms", "email"]


async def test_a_doubt_is_shown_with_the_moment_it_becomes_an_opt_out(api: Api, run_id: UUID) -> None:
    claimed(api.engine, run_id)
    await api.web_hook("/webhooks/twilio/inbound", inbound("too many messages"))

    [address] = await _history(api)
    assert (address["opted_out"], address["in_doubt"]) == (False, True)
    assert address["lapses_at"] == address["history"][-1]["lapses_at"] is not None
    (task,) = [task for task in (await api.get("/v1/tasks")).json() if task["kind"] == "doubtful_opt_out"]
    assert task["due_at"] > task["opened_at"]


async def test_promotional_consent_names_the_wording(api: Api, run_id: UUID) -> None:
    answer = await api.post("/v1/consent", _event("granted", kind="promotional"))

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "wording_version"


@pytest.mark.parametrize(
    ("whose", "field"),
    [
        ({}, "client"),
        ({"lead": str(uuid4())}, "lead"),
        (_whose() | {"lead": str(uuid4())}, "lead"),
        (_whose() | {"client": "nobody"}, "client"),
        (_whose() | {"address": "12"}, "address"),
    ],
)
async def test_a_question_that_names_nobody_is_refused(api: Api, whose: dict[str, str], field: str) -> None:
    answer = await api.post("/v1/consent/history", whose)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == field


async def test_no_row_of_consent_is_ever_changed_or_deleted(api: Api, run_id: UUID) -> None:
    before = api.rows("SELECT id, status, xmin::text FROM consent ORDER BY id")
    for event in (_event("revoked"), _event("granted", kind="informational"), _event("released"), _event("revoked")):
        assert (await api.post("/v1/consent", event)).status_code == 200

    assert api.rows("SELECT id, status, xmin::text FROM consent ORDER BY id")[: len(before)] == before
    with transaction(api.engine) as session:
        client = api.value("SELECT id FROM client")
        address = Address(client, Channel.SMS, address_hash(str(client), Channel.SMS, PHONE))
        assert standing(session, address).opted_out
