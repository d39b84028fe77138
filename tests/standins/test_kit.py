import asyncio
import json
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from deploy.local.standins.kit.agenda import Agenda, Entry
from deploy.local.standins.kit.faults import FaultPlan, FaultRule, Match, RequestFault
from deploy.local.standins.kit.request_log import Call, RequestLog
from deploy.local.standins.twilio.segments import segments
from deploy.local.standins.twilio.web_hooks import Overrides, signature


async def test_a_line_torn_by_a_crash_is_cut_off_and_the_count_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "some.requests.jsonl"
    log = RequestLog(path)
    await _log_one(log)
    log.close()
    with path.open("ab") as file:
        file.write(b'{"seq": 2, "operat')

    again = RequestLog(path)
    await _log_one(again)
    again.close()

    assert [json.loads(line)["seq"] for line in path.read_text().splitlines()] == [1, 2]


async def test_requests_at_the_same_time_get_their_own_lines(tmp_path: Path) -> None:
    log = RequestLog(tmp_path / "some.requests.jsonl")
    await asyncio.gather(*(_log_one(log) for _ in range(50)))

    assert [line["seq"] for line in log.lines(after=40)] == list(range(41, 51))
    log.close()


def test_the_nth_matching_request_is_hit_and_only_as_often_as_allowed() -> None:
    second = FaultRule(match=Match(recipient="A@example.com", nth=2), fault=RequestFault.SLOW)
    once = FaultRule(match=Match(operation="send"), fault=RequestFault.REFUSE, times=1)
    plan = FaultPlan([second, once])

    hit = [plan.request_fault(operation, "a@example.com") for operation in ("read", "send", "send", "send")]

    assert [rule and rule.fault for rule in hit] == [None, RequestFault.SLOW, RequestFault.REFUSE, None]
    assert [rule["fired"] for rule in plan.described()] == [1, 1]


async def test_what_was_under_way_when_the_program_stopped_is_done_again_and_in_order() -> None:
    database = sqlite3.connect(":memory:", isolation_level=None)
    done: list[str] = []

    async def never(kind: str, _: dict[str, Any]) -> None:
        await asyncio.Event().wait()

    async def remember(kind: str, _: dict[str, Any]) -> None:
        done.append(kind)

    now = time.time()
    stopped = Agenda(database, never)
    stopped.add([Entry(now - 1, "lane", "second", {}), Entry(now - 2, "lane", "first", {}), Entry(now, "x", "x", {})])
    stopped.drop("x")
    await _run_briefly(stopped)
    await _run_briefly(Agenda(database, remember))

    assert done == ["first", "second"]
    assert database.execute("SELECT count(*) FROM agenda").fetchone() == (0,)


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("a" * 70 + "’", 2),
        ("🙂" * 35, 1),
        ("🙂" * 36, 2),
    ],
)
def test_segments_are_counted_as_carriers_do(body: str, count: int) -> None:
    assert segments(body) == count


def test_the_signature_is_the_one_in_twilios_documentation() -> None:
    params = {
        "CallSid": "CA1234567890ABCDE",
        "Caller": "+14158675309",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
    }
    assert signature("12345", "https://mycompany.com/myapp.php?foo=1&bar=2", params) == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_the_fragment_of_a_url_overrides_when_to_repeat() -> None:
    strict = Overrides().of("rc=1&rp=ct,5xx")

    assert (strict.rc, strict.rt) == (1, 15_000)
    assert [strict.repeats_after(outcome) for outcome in ("2xx", "4xx", "5xx", "ct", "rt")] == [
        False, False, True, True, False,
    ]  # fmt: skip


async def _log_one(log: RequestLog) -> None:
    await log.append(Call("send", "a@example.com"), accepted=True, provider_id="1", status=200, fault=None)


async def _run_briefly(agenda: Agenda) -> None:
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(agenda.run(), timeout=0.1)
