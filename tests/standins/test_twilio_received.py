"""The list of messages shows what came in as Twilio does, whatever became of its web hook."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.standins.program import Program
from tests.standins.twilio_client import SENDER, SERVICE, a_number, client, send
from tests.standins.web_hook_receiver import Receiver


@pytest.fixture
def sdk(twilio: Program) -> Any:
    return client(twilio.base_url)


async def _text(twilio: Program, sender: str, body: str) -> dict[str, Any]:
    response = await twilio.control.post("/inbound", json={"from": sender, "to": SENDER, "body": body})
    answer: dict[str, Any] = response.raise_for_status().json()
    return answer


async def _listed(sdk: Any, **filters: Any) -> list[Any]:
    found: list[Any] = await asyncio.to_thread(sdk.messages.list, **filters)
    return found


async def test_a_text_whose_web_hook_was_refused_stays_in_the_list(
    twilio: Program, sdk: Any, receiver: Receiver
) -> None:
    number = a_number()
    receiver.refusals.extend([403])

    told = await _text(twilio, number, "please stop texting me")

    assert (told["webhook_status"], len(receiver.of(told["message_sid"]))) == (403, 1)
    [listed] = await _listed(sdk, from_=number)
    assert (listed.sid, listed.body, listed.to) == (told["message_sid"], "please stop texting me", SENDER)
    assert (str(listed.direction), str(listed.status), listed.messaging_service_sid) == ("inbound", "received", SERVICE)
    assert listed.date_sent == listed.date_created


async def test_the_list_of_the_account_holds_both_directions_newest_first(twilio: Program, sdk: Any) -> None:
    number = a_number()
    first = await _text(twilio, number, "one")
    sent = await send(sdk, number)
    last = await _text(twilio, number, "two")

    newest = await _listed(sdk, limit=3, page_size=2)

    assert [each.sid for each in newest] == [last["message_sid"], sent.sid, first["message_sid"]]
    assert [str(each.direction) for each in newest] == ["inbound", "outbound-api", "inbound"]


async def test_received_texts_are_found_by_both_ends_and_by_their_day(twilio: Program, sdk: Any) -> None:
    number, today = a_number(), datetime.now(UTC)
    sid = (await _text(twilio, number, "Hello"))["message_sid"]

    for filters in ({"to": SENDER, "date_sent_after": today - timedelta(days=1)}, {"date_sent": today}):
        assert [each.sid for each in await _listed(sdk, from_=number, **filters)] == [sid]
    assert await _listed(sdk, from_=number, date_sent_before=today - timedelta(days=2)) == []


async def test_received_texts_come_in_pages(twilio: Program, sdk: Any) -> None:
    number = a_number()
    sids = [(await _text(twilio, number, f"number {count}"))["message_sid"] for count in range(5)]

    assert [each.sid for each in await _listed(sdk, from_=number, page_size=2)] == sids[::-1]
