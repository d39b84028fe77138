import asyncio
import time
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioException, TwilioRestException

from tests.standins.program import Program
from tests.standins.twilio_client import SENDER, a_number, client, send, sent_to
from tests.standins.web_hook_receiver import Receiver

WAY = ["queued", "sending", "sent", "delivered"]
BROKEN = requests.exceptions.RequestException


@pytest.fixture
def sdk(twilio: Program) -> Any:
    return client(twilio.base_url, timeout=1)


@pytest.fixture
def callback(receiver: Receiver) -> str:
    return f"{receiver.base_url}/webhooks/twilio/status/token-1"


@pytest.mark.parametrize(
    ("fault", "params", "seen", "status", "accepted"),
    [
        ("refuse", {"status": 400, "code": 21612}, TwilioRestException, 400, False),
        ("rate_limit", {"retry_after": 7}, TwilioRestException, 429, False),
        ("error_before", {}, TwilioRestException, 500, False),
        ("error_after", {"status": 503}, TwilioRestException, 503, True),
        ("accept_then_hang", {"seconds": 2}, BROKEN, None, True),
        ("accept_then_reset", {}, BROKEN, None, True),
        ("reset_before", {}, BROKEN, None, False),
        ("half_answer", {}, BROKEN, 201, True),
        ("garbage", {}, ValueError, 201, True),
        ("redirect", {"location": "http://127.0.0.1:9/"}, TwilioException, 307, False),
    ],
)
async def test_a_fault_spoils_the_one_request_it_is_addressed_to(
    twilio: Program,
    sdk: Any,
    fault: str,
    params: dict[str, Any],
    seen: type[Exception],
    status: int | None,
    accepted: bool,
) -> None:
    number = a_number()
    await twilio.spoil(fault, number, params=params, times=1)

    with pytest.raises(seen):
        await send(sdk, number)
    await send(sdk, a_number())

    line = (await twilio.log("create_message"))[-2]
    assert (line["fault"], line["status"], line["accepted"]) == (fault, status, accepted)
    assert [each.sid for each in await sent_to(sdk, number)] == ([line["provider_id"]] if accepted else [])
    assert await twilio.fired() == [1]


async def test_a_slow_request_is_accepted_long_after_its_client_has_gone(twilio: Program, sdk: Any) -> None:
    number = a_number()
    await twilio.spoil("slow", number, operation="create_message", params={"seconds": 1.3})

    with pytest.raises(BROKEN):
        await send(sdk, number)
    assert await sent_to(sdk, number) == []
    await asyncio.sleep(0.5)
    assert len(await sent_to(sdk, number)) == 1


async def test_a_429_says_when_to_come_back_in_twilios_own_words(twilio: Program) -> None:
    await twilio.spoil("rate_limit", params={"retry_after": 7}, operation="list_messages", nth=2)
    sdk = client(twilio.base_url)
    await sent_to(sdk, "+13035550123")

    with pytest.raises(TwilioException) as refusal:
        await sent_to(sdk, "+13035550123")

    answer = refusal.value.args[1]
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert '"code": 20429' in answer.text
    await sent_to(sdk, "+13035550123")


@pytest.mark.parametrize(
    ("fault", "params", "statuses"),
    [
        ("callbacks_delayed", {"seconds": 0.5}, WAY),
        ("callbacks_doubled", {}, [status for status in WAY for _ in (1, 2)]),
        ("callbacks_reordered", {}, WAY[::-1]),
        ("callbacks_late", {"seconds": 0.5}, WAY),
        ("callbacks_forged", {}, [*WAY, "delivered"]),
        ("callbacks_dropped", {}, []),
    ],
)
async def test_a_fault_spoils_the_callbacks_of_the_message_it_is_addressed_to(
    twilio: Program,
    sdk: Any,
    receiver: Receiver,
    callback: str,
    fault: str,
    params: dict[str, Any],
    statuses: list[str],
) -> None:
    number, began = a_number(), time.monotonic()
    await twilio.spoil(fault, number, params=params)

    message = await send(sdk, number, callback=callback)
    other = await send(sdk, a_number(), callback=callback)
    await receiver.until(other.sid, 4)
    await receiver.until(message.sid, len(statuses))

    order = sorted if fault == "callbacks_doubled" else list  # twins run side by side
    assert order(receiver.statuses(message.sid)) == order(statuses)
    assert [each.signed for each in receiver.of(message.sid)].count(False) == (fault == "callbacks_forged")
    assert time.monotonic() - began > params.get("seconds", 0)
    assert await twilio.fired() == [1]


async def test_an_inbound_message_can_come_twice(twilio: Program, receiver: Receiver) -> None:
    number = a_number()
    await twilio.spoil("callbacks_doubled", number, operation="inbound")

    answer = await twilio.control.post("/inbound", json={"from": number, "to": SENDER, "body": "Yes please"})

    assert len(await receiver.until(answer.json()["message_sid"], 2)) == 2


async def test_a_rule_that_is_not_understood_is_refused(twilio: Program) -> None:
    response = await twilio.control.post("/faults", json={"fault": "explode"})

    assert response.status_code == 422
    assert (await twilio.control.get("/faults")).json() == []
