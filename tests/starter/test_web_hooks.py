from uuid import UUID

import anyio.to_thread
import httpx
import pytest
from pydantic import SecretStr
from twilio.request_validator import RequestValidator

from models.identity import token_hash
from models.provider_settings import TwilioSettings
from models.settings import DatabaseSettings, Settings
from starter.app import create_app
from tests.starter.builders import SID, claimed, inbound, news
from tests.starter.conftest import CURRENT, PREVIOUS, PUBLIC, Api, OpenApi, signed


@pytest.fixture
async def run_id(api: Api) -> UUID:
    return UUID(await api.started())


async def test_a_status_callback_is_evidence_that_the_message_was_accepted(api: Api, run_id: UUID) -> None:
    message_id, token = claimed(api.engine, run_id)
    answer = await api.callback(token, news("delivered"))

    assert answer.status_code == 204
    assert api.rows("SELECT state, delivery, provider_message_id FROM message WHERE id = :id", id=message_id) == [
        ("accepted", "delivered", SID)
    ]


async def test_a_callback_is_stored_sealed_before_its_answer_and_takes_effect_after_it(api: Api, run_id: UUID) -> None:
    message_id, token = claimed(api.engine, run_id)
    answer = await api.web_hook(f"/webhooks/twilio/status/{token}", news("delivered"))

    assert answer.status_code == 204
    (stored,) = api.rows("SELECT state, kind, token_hash, sealed_body FROM inbox")
    assert stored[:3] == ("waiting", "status", token_hash(token))
    assert SID.encode() not in bytes(stored.sealed_body)
    assert api.value("SELECT state FROM message WHERE id = :id", id=message_id) == "dispatching"


async def test_a_header_makes_no_new_callback(api: Api, run_id: UUID) -> None:
    _, token = claimed(api.engine, run_id)
    path = f"/webhooks/twilio/status/{token}"
    for number in range(3):
        unsigned = {"I-Twilio-Idempotency-Token": str(number)}
        answer = await api.http.post(path, data=news("sent"), headers=signed(path, news("sent")) | unsigned)
        assert answer.status_code == 204

    assert api.value("SELECT count(*) FROM inbox") == 1


async def test_a_replayed_callback_changes_nothing(api: Api, run_id: UUID) -> None:
    _, token = claimed(api.engine, run_id)
    for _ in range(3):
        assert (await api.callback(token, news("sent"))).status_code == 204

    assert api.value("SELECT count(*) FROM evidence") == 1
    assert api.value("SELECT count(*) FROM inbox") == 1


async def test_callbacks_in_the_wrong_order_end_as_in_the_right_one(api: Api, run_id: UUID) -> None:
    message_id, token = claimed(api.engine, run_id)
    for status in ("delivered", "sent", "queued"):
        await api.callback(token, news(status))

    assert api.value("SELECT delivery FROM message WHERE id = :id", id=message_id) == "delivered"


async def test_a_failed_delivery_was_accepted_first(api: Api, run_id: UUID) -> None:
    message_id, token = claimed(api.engine, run_id)
    await api.callback(token, news("undelivered", ErrorCode="30005"))

    assert api.rows("SELECT state, delivery, failure_class FROM message WHERE id = :id", id=message_id) == [
        ("accepted", "undelivered", "bad_contact")
    ]
    assert api.value("SELECT news FROM outbox") > 1


async def test_another_provider_id_for_a_bound_message_is_a_conflict(api: Api, run_id: UUID) -> None:
    message_id, token = claimed(api.engine, run_id)
    await api.callback(token, news("sent"))
    answer = await api.callback(token, news("sent", MessageSid="SM" + "b" * 32))

    assert answer.status_code == 204
    assert api.value("SELECT provider_message_id FROM message WHERE id = :id", id=message_id) == SID
    assert api.rows("SELECT kind FROM owner_task") == [("conflicting_evidence",)]


async def test_a_callback_for_an_unknown_token_is_kept_for_a_person(api: Api) -> None:
    answer = await api.callback("nobody-knows-this", news("sent"))

    assert answer.status_code == 204
    assert api.value("SELECT state FROM inbox") == "orphan"
    assert api.rows("SELECT kind FROM owner_task") == [("inbound_orphan",)]


@pytest.mark.parametrize(
    "unreadable",
    [
        {"Something": "Zephyrine"},
        {"MessageSid": "Zephyrine", "MessageStatus": "sent"},
        {"MessageSid": SID, "MessageStatus": "Zephyrine " * 400},
        {"MessageSid": SID, "MessageStatus": "failed", "ErrorCode": "Zephyrine"},
    ],
)
async def test_a_signed_callback_that_cannot_be_read_is_kept_sealed(api: Api, unreadable: dict[str, str]) -> None:
    for _ in range(2):
        answer = await api.callback("t", unreadable)
        assert answer.status_code == 204

    assert api.value("SELECT state FROM inbox") == "poison"
    assert b"Zephyrine" not in bytes(api.value("SELECT sealed_body FROM inbox"))


async def test_a_stop_is_in_effect_before_the_answer(api: Api, run_id: UUID) -> None:
    answer = await api.web_hook("/webhooks/twilio/inbound", inbound("STOP"))

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/xml")
    assert answer.text.endswith("<Response/>")
    assert api.value("SELECT status FROM consent ORDER BY id DESC LIMIT 1") == "revoked"
    assert api.rows("SELECT run_id, label FROM reply") == [(run_id, "opt_out")]


async def test_a_replayed_reply_is_one_reply(api: Api, run_id: UUID) -> None:
    for _ in range(3):
        assert (await api.web_hook("/webhooks/twilio/inbound", inbound("yes please"))).status_code == 200

    assert api.value("SELECT count(*) FROM reply") == 1
    assert api.value("SELECT count(*) FROM owner_task") == 1


async def test_the_token_of_before_the_rotation_still_signs(api: Api, run_id: UUID) -> None:
    answer = await api.web_hook("/webhooks/twilio/inbound", inbound("héllo +&=?\x00"), token=PREVIOUS)

    assert answer.status_code == 200
    assert api.value("SELECT body FROM reply") == "héllo +&=?"


async def test_a_forged_web_hook_is_counted_and_not_kept(api: Api, run_id: UUID) -> None:
    for _ in range(3):
        answer = await api.web_hook("/webhooks/twilio/inbound", inbound("STOP"), token="somebody-else")
        assert answer.status_code == 403

    assert api.value("SELECT count(*) FROM inbox") == 0
    assert api.value("SELECT count(*) FROM consent WHERE status = 'revoked'") == 0
    assert api.rows("SELECT reason, actor FROM event WHERE kind = 'web_hook_refused'") == [
        ("bad_signature", "unverified")
    ]


async def test_a_web_hook_without_a_signature_is_refused(api: Api) -> None:
    assert (await api.http.post("/webhooks/twilio/inbound", data=inbound("STOP"))).status_code == 403


async def test_a_signature_for_another_path_is_refused(api: Api) -> None:
    signature = RequestValidator(CURRENT).compute_signature(f"{PUBLIC}/webhooks/twilio/status/a", news("sent"))
    headers = {"X-Twilio-Signature": signature}
    answer = await api.http.post("/webhooks/twilio/status/b", data=news("sent"), headers=headers)

    assert answer.status_code == 403


async def test_only_forms_are_taken(api: Api) -> None:
    assert (await api.http.post("/webhooks/twilio/inbound", json={})).status_code == 415


async def test_without_an_auth_token_nothing_is_accepted(open_api: OpenApi, settings: Settings) -> None:
    async with open_api(settings.model_copy(update={"twilio": TwilioSettings(auth_tokens=[])})) as api:
        answer = await api.web_hook("/webhooks/twilio/inbound", inbound("STOP"), token="")

        assert answer.status_code == 503
        assert "not configured" in answer.json()["detail"]
        assert api.value("SELECT count(*) FROM inbox") == 0


async def test_an_empty_auth_token_is_no_auth_token(open_api: OpenApi, settings: Settings) -> None:
    unset = TwilioSettings(auth_tokens=[SecretStr("")])
    async with open_api(settings.model_copy(update={"twilio": unset})) as api:
        assert (await api.web_hook("/webhooks/twilio/inbound", inbound("STOP"), token="")).status_code == 503


@pytest.mark.parametrize(
    ("path", "form"), [("/webhooks/twilio/inbound", inbound("STOP")), ("/webhooks/twilio/status/t", news("sent"))]
)
async def test_while_the_database_is_down_nothing_is_acknowledged(
    settings: Settings, path: str, form: dict[str, str]
) -> None:
    nowhere = DatabaseSettings(url=SecretStr("postgresql+psycopg://comms:secret@127.0.0.1:1/comms"))
    app = create_app(settings.model_copy(update={"database": nowhere}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as http:
        answer = await Api(http, {}, None).web_hook(path, form)  # type: ignore[arg-type]

    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


async def test_a_web_hook_does_not_wait_for_a_flood_of_api_requests(api: Api, run_id: UUID) -> None:
    every_thread = anyio.to_thread.current_default_thread_limiter()
    busy = [object() for _ in range(int(every_thread.total_tokens))]
    for borrower in busy:
        every_thread.acquire_on_behalf_of_nowait(borrower)
    try:
        with anyio.fail_after(10):
            assert (await api.web_hook("/webhooks/twilio/inbound", inbound("STOP"))).status_code == 200
    finally:
        for borrower in busy:
            every_thread.release_on_behalf_of(borrower)
