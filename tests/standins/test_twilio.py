import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from twilio.base.exceptions import TwilioRestException

from deploy.local.standins.kit.request_log import sha256_of
from tests.standins.conftest import twilio_options
from tests.standins.program import Program, running
from tests.standins.twilio_client import CREATE, SENDER, SERVICE, a_number, client, send, sent_to
from tests.standins.web_hook_receiver import Receiver

WAY = ["queued", "sending", "sent", "delivered"]


@pytest.fixture
def sdk(twilio: Program) -> Any:
    return client(twilio.base_url)


@pytest.fixture
def callback(receiver: Receiver) -> str:
    return f"{receiver.base_url}/webhooks/twilio/status/token-1"


async def test_a_message_is_accepted_and_then_delivered_with_signed_callbacks(
    sdk: Any, receiver: Receiver, callback: str
) -> None:
    message = await send(sdk, a_number(), callback=callback)

    assert (message.status, message.from_, message.num_segments, message.date_sent) == ("accepted", None, "0", None)
    came = await receiver.until(message.sid, 4)
    assert receiver.statuses(message.sid) == WAY
    assert all(each.signed for each in came)
    assert len({each.idempotency_token for each in came}) == 4
    assert came[-1].params["MessagingServiceSid"] == SERVICE
    assert "RawDlrDoneDate" in came[-1].params
    fetched = await asyncio.to_thread(sdk.messages(message.sid).fetch)
    assert (fetched.status, fetched.from_, fetched.num_segments, fetched.direction) == (
        "delivered", SENDER, "1", "outbound-api",
    )  # fmt: skip
    assert fetched.date_sent is not None


async def test_without_a_messaging_service_a_message_starts_as_queued(
    sdk: Any, receiver: Receiver, callback: str
) -> None:
    message = await send(sdk, a_number(), callback=callback, from_=SENDER)

    assert (message.status, message.from_) == ("queued", SENDER)
    await receiver.until(message.sid, 3)
    assert receiver.statuses(message.sid) == ["sending", "sent", "delivered"]


@pytest.mark.parametrize(
    ("ending", "status", "code"),
    [
        (78, "undelivered", "30008"),
        (79, "undelivered", "30003"),
        (86, "failed", "30001"),
        (88, "failed", "30034"),
        (90, "undelivered", "30003"),
        (94, "undelivered", "30007"),
    ],
)
async def test_the_ending_of_a_number_decides_how_a_message_fails(
    sdk: Any, receiver: Receiver, callback: str, ending: int, status: str, code: str
) -> None:
    message = await send(sdk, a_number(ending), callback=callback)

    last = (await receiver.until(message.sid, 2 if status == "failed" else 4))[-1]
    assert (last.params["MessageStatus"], last.params["ErrorCode"]) == (status, code)


async def test_a_number_that_was_unreachable_once_is_reached_the_second_time(
    sdk: Any, receiver: Receiver, callback: str
) -> None:
    number = a_number(79)
    await send(sdk, number)
    message = await send(sdk, number, callback=callback)

    await receiver.until(message.sid, 4)
    assert receiver.statuses(message.sid) == WAY


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"To": ""}, 21604),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
        ({"To": "12"}, 21211),
        ({"To": "+15005550001"}, 21211),
        ({"To": "+15005550009"}, 21614),
        ({"To": "+13035550181"}, 21408),
        ({"MessagingServiceSid": ""}, 21603),
        ({"MessagingServiceSid": "", "From": "+13035550199"}, 21606),
        ({"MessagingServiceSid": "", "From": "+15005550008"}, 21611),
        ({"StatusCallback": "http://our_host/status"}, 21609),
        ({"ScheduleType": "fixed"}, 35111),
        ({"ScheduleType": "fixed", "SendAt": "2020-01-01T00:00:00Z"}, 35114),
    ],
)
async def test_what_twilio_would_refuse_is_refused_with_its_code(
    twilio: Program, fields: dict[str, str], code: int
) -> None:
    form = {"To": a_number(), "Body": "Hello", "MessagingServiceSid": SERVICE} | fields
    async with httpx.AsyncClient(base_url=twilio.base_url, auth=client(twilio.base_url).auth) as http:
        response = await http.post(CREATE, data=form)

    assert response.json()["code"] == code
    assert (await twilio.log())[-1]["accepted"] is False


async def test_a_wrong_secret_is_refused_with_20003(twilio: Program) -> None:
    with pytest.raises(TwilioRestException) as refusal:
        await send(client(twilio.base_url, secret="wrong"), a_number())

    assert (refusal.value.status, refusal.value.code) == (401, 20003)


async def test_the_list_shows_queued_messages_only_without_a_date_filter(sdk: Any) -> None:
    number, today = a_number(99), datetime.now(UTC).date()
    queued = await send(sdk, number)

    assert [each.sid for each in await sent_to(sdk, number)] == [queued.sid]
    assert await asyncio.to_thread(sdk.messages.list, to=number, date_sent_after=today - timedelta(days=1)) == []


async def test_the_list_filters_whole_days_and_comes_in_pages(sdk: Any, receiver: Receiver, callback: str) -> None:
    number = a_number()
    sids = [(await send(sdk, number, body=f"number {count}", callback=callback)).sid for count in range(5)]
    for sid in sids:
        await receiver.until(sid, 4)
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)

    def found(**filters: Any) -> list[str]:
        return [each.sid for each in sdk.messages.list(to=number, page_size=2, **filters)]

    assert await asyncio.to_thread(found) == sids[::-1]
    assert await asyncio.to_thread(found, date_sent_before=tomorrow) == sids[::-1]
    assert await asyncio.to_thread(found, date_sent_after=tomorrow) == []


async def test_a_scheduled_message_can_be_cancelled_and_another_cannot(
    sdk: Any, receiver: Receiver, callback: str
) -> None:
    send_at = datetime.now(UTC) + timedelta(hours=1)
    scheduled = await send(sdk, a_number(), callback=callback, schedule_type="fixed", send_at=send_at)
    prompt = await send(sdk, a_number())

    cancelled = await asyncio.to_thread(sdk.messages(scheduled.sid).update, status="canceled")
    assert (scheduled.status, cancelled.status) == ("scheduled", "canceled")
    await receiver.until(scheduled.sid, 1)
    assert receiver.statuses(scheduled.sid) == ["canceled"]
    with pytest.raises(TwilioRestException) as refusal:
        await asyncio.to_thread(sdk.messages(prompt.sid).update, status="canceled")
    assert refusal.value.code == 30409


async def test_a_stop_word_blocks_the_number_until_a_start_word(twilio: Program, sdk: Any, receiver: Receiver) -> None:
    number = a_number()

    stop = await _text(twilio, number, " Stop ")
    with pytest.raises(TwilioRestException) as refusal:
        await send(sdk, number)
    start = await _text(twilio, number, "UNSTOP")

    assert refusal.value.code == 21610
    assert (stop["opt_out_type"], stop["webhook_status"], start["opt_out_type"]) == ("STOP", 204, "START")
    assert receiver.of(stop["message_sid"])[0].params["OptOutType"] == "STOP"
    assert (await send(sdk, number)).status == "accepted"


async def test_an_inbound_message_is_posted_signed_and_again_after_a_refusal(
    twilio: Program, receiver: Receiver
) -> None:
    receiver.refusals.extend([500, 503])
    answer = await _text(twilio, a_number(), "Stop please, call me")

    came = receiver.of(answer["message_sid"])
    assert answer["webhook_status"] == 204
    assert len(came) == 3
    assert len({each.idempotency_token for each in came}) == 1
    assert all(each.signed for each in came)
    assert came[0].params.items() >= {"Body": "Stop please, call me", "NumMedia": "0", "NumSegments": "1"}.items()
    assert "OptOutType" not in came[0].params


async def test_the_log_tells_of_every_request_by_hashes_only(twilio: Program, sdk: Any, callback: str) -> None:
    number = a_number()
    message = await send(sdk, number, body="Hello José", callback=callback)

    line = (await twilio.log("create_message"))[-1]
    assert line | {"seq": 0, "at": ""} == {
        "seq": 0,
        "at": "",
        "operation": "create_message",
        "token": "token-1",
        "to_sha256": sha256_of(number),
        "body_sha256": sha256_of("Hello José"),
        "accepted": True,
        "provider_id": message.sid,
        "status": 201,
        "fault": None,
    }


async def test_a_kill_loses_no_message_no_block_and_no_callback(state_dir: Path, receiver: Receiver) -> None:
    kept, blocked = a_number(), a_number()
    options = twilio_options(receiver, step_delay="0.3")
    async with running("twilio", state_dir, *options) as first:
        await _text(first, blocked, "STOP")
        callback = f"{receiver.base_url}/webhooks/twilio/status/token-2"
        message = await send(client(first.base_url), kept, callback=callback)
        await first.kill()

    async with running("twilio", state_dir, *options) as second:
        sdk = client(second.base_url)
        await receiver.until(message.sid, 4)
        assert receiver.statuses(message.sid) == WAY
        assert [each.sid for each in await sent_to(sdk, kept)] == [message.sid]
        with pytest.raises(TwilioRestException, match="unsubscribed"):
            await send(sdk, blocked)
        assert [line["seq"] for line in await second.log()] == [1, 2, 3, 4]
        assert await second.terminate() == 0


async def test_a_message_stored_but_not_logged_before_a_kill_is_logged_at_the_next_start(
    state_dir: Path, receiver: Receiver
) -> None:
    async with running("twilio", state_dir, *twilio_options(receiver)) as first:
        message = await send(client(first.base_url), a_number())
        await first.kill()
    (state_dir / "twilio.requests.jsonl").write_bytes(b"")

    async with running("twilio", state_dir, *twilio_options(receiver)) as second:
        line = (await second.log())[0]
        assert (line["provider_id"], line["accepted"], line["fault"]) == (message.sid, True, "killed")


async def _text(twilio: Program, sender: str, body: str) -> dict[str, Any]:
    response = await twilio.control.post("/inbound", json={"from": sender, "to": SENDER, "body": body})
    answer: dict[str, Any] = response.raise_for_status().json()
    return answer
