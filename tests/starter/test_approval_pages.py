"""From the link to the decision, on a page without a script: what it shows, and the session in which it is decided."""

from datetime import timedelta
from uuid import UUID

import pytest

from models.database.run_control import RunControl
from models.outreach import SignalClaim
from models.terms import DecisionKind
from tests.starter.approving import KEY, Desk
from tests.starter.builders import plan
from tests.starter.conftest import Api


@pytest.fixture
async def desk(api: Api) -> Desk:
    run_id = UUID(await api.started(sequence="web_lead", lead={"source": "web_form", "first_name": "Zoe & Bo"}))
    plan(api.engine, run_id)
    return Desk(api, run_id)


async def test_the_link_shows_exactly_what_would_be_sent_and_asks_to_sign_in(desk: Desk) -> None:
    answer = await desk.open(desk.link())

    assert answer.status_code == 200
    assert "Zoe &amp; Bo" in answer.text
    assert "Zoe & Bo" not in answer.text
    assert "5550123" not in answer.text
    assert 'name="password"' in answer.text
    assert 'value="approve"' not in answer.text


async def test_pages_need_no_script_and_nothing_from_elsewhere(desk: Desk) -> None:
    answer = await desk.open(desk.link(), await desk.signs_in("approver"))
    policy = answer.headers["content-security-policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "<script" not in answer.text
    assert "style=" not in answer.text
    assert "http" not in answer.text.replace("http-equiv", "")
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")


async def test_three_steps_lead_from_the_link_to_a_decision_that_counts_once(desk: Desk) -> None:
    link, cookie = desk.link(), await desk.signs_in("approver")
    shown = await desk.open(link, cookie)
    assert "have read all of it" in shown.text

    assert (await desk.press(link, cookie)).status_code == 200

    [(approver, channel, reason)] = desk.api.rows(
        "SELECT approver, channel, reason FROM decision WHERE channel <> 'command'"
    )
    assert (approver, channel, reason) == ("approver", "web_link", "read in full")
    assert desk.api.value("SELECT bool_and(state = 'ready') FROM message")


async def test_an_approval_can_be_taken_back_by_another_link_until_it_has_left(desk: Desk) -> None:
    cookie = await desk.signs_in("approver")
    await desk.press(desk.link(), cookie)
    again = desk.link()
    assert "Take the approval back" in (await desk.open(again, cookie)).text

    assert (await desk.press(again, cookie, "revoke", reason="the price is wrong")).status_code == 200

    assert desk.api.value("SELECT bool_and(state = 'planned') FROM message")


async def test_a_rejection_needs_a_reason_in_words(desk: Desk) -> None:
    cookie = await desk.signs_in("approver")

    assert (await desk.press(desk.link(), cookie, "reject")).status_code == 422
    assert (await desk.press(desk.link(), cookie, "reject", reason="too pushy")).status_code == 200


async def test_a_link_that_nobody_issued_leads_nowhere(desk: Desk) -> None:
    answer = await desk.open("/a/nobody-issued-this")

    assert answer.status_code == 404
    assert "Zoe" not in answer.text


async def test_a_token_is_random_stored_as_a_hash_and_ends_in_72_hours(desk: Desk) -> None:
    token = desk.link(lasts=timedelta(days=30)).removeprefix("/a/")

    assert len(token) == 43
    assert token not in str(desk.api.rows("SELECT * FROM approval_link"))
    lasts, whole = desk.api.rows(
        "SELECT l.expires_at - l.issued_at, a.expires_at - l.issued_at FROM approval_link l JOIN approval a ON a.id = l.approval_id"
    )[0]
    assert lasts == min(whole, lasts)
    assert lasts <= timedelta(hours=72)


async def test_whoever_the_server_has_verified_decides_without_a_code_and_is_recorded_as_such(desk: Desk) -> None:
    desk.run("UPDATE staff SET principal = 'jwt:ann' WHERE handle = 'approver'")
    claim = SignalClaim(run_id=desk.run_id, signal="approve", decision=DecisionKind.APPROVE, nth=1)
    RunControl(desk.api.engine, KEY).settle(claim, "jwt:ann")

    found = (await desk.api.get(f"/v1/approvals/{desk.approval.id}", by="approver")).json()
    [decision] = found["decisions"]
    assert (decision["approver"], decision["through"], decision["principal"]) == ("approver", "temporal_ui", "jwt:ann")
    assert found["decided_at"] == decision["at"]
    assert found["took"].startswith("PT")
