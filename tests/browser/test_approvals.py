"""Approvals in a real browser: what will be sent is shown exactly, and three taps on a phone lead to the decision."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.async_api import Page
from sqlalchemy import text

from models.approving import ApprovalSubject, Review
from models.database.engine import transaction
from models.database.permission import approval_links, approvals
from models.database.tables.approvals import Approval
from models.portal.posts import InternalNote
from tests.browser.conftest import PageAt
from tests.browser.screen import PHONE, WIDE
from tests.database.portal.desk import PostDesk
from tests.openapi.stocked import CLIENT, Stocked
from tests.starter.builders import an_order, plan


def a_waiting_run(console: Stocked, name: str, key: str) -> Approval:
    """Start a run whose wording waits, and return its approval."""
    lead = {"source": "web_form", "source_lead_id": key, "first_name": name, "phone": f"+1303555{key[-4:]}"}
    order = an_order(sequence="web_lead", lead=lead)
    headers = console.shows("everybody") | {"Idempotency-Key": key}
    answer = console.http.post("/v1/outreach", json=order, headers=headers)
    assert answer.status_code == 202, answer.text
    run_id = UUID(answer.json()["run_id"])
    plan(console.engine, run_id)
    with transaction(console.engine) as session:
        found = approvals.of_run(session, run_id)
        assert found is not None
        return found


def a_link(console: Stocked, approval: Approval, to: str = "approver") -> str:
    with transaction(console.engine) as session:
        row = session.get_one(Approval, approval.id)
        return f"/a/{approval_links.issue_link(session, row, to, timedelta(hours=1))}"


async def waiting_by_the_menu(page: Page) -> int:
    """Return how many things wait for whoever is signed in, as the menu of a phone says."""
    count = page.locator("summary .waits")
    return int((await count.inner_text()).split()[0]) if await count.count() else 0


def what_leaves(console: Stocked, approval: Approval) -> list[str]:
    with console.engine.connect() as connection:
        query = text("SELECT body FROM message WHERE run_id = :run AND audience = 'contact' ORDER BY position")
        return [row[0] for row in connection.execute(query, {"run": approval.run_id})]


async def test_three_taps_lead_from_the_link_to_the_decision_on_a_phone(console: Stocked, page_at: PageAt) -> None:
    approval = a_waiting_run(console, "Zoë & Bo", "tap-7001")
    screen = await page_at(PHONE, "approver")
    taps = 1  # on the link in the notice

    page = await screen.open(a_link(console, approval), "approval-link")
    waited = await waiting_by_the_menu(page)
    shown = [await one.inner_text() for one in await page.locator(".preview pre").all()]
    assert shown == [re.sub(r"\n+$", "", body) for body in what_leaves(console, approval)]
    await page.get_by_role("checkbox", name="I, approver, have read all of it").tap()
    taps += 1
    await page.get_by_role("button", name="Approve").tap()
    taps += 1

    await page.get_by_text("Your yes is recorded").wait_for()
    await screen.seen("approval-given")
    assert taps == 3
    assert await waiting_by_the_menu(page) == waited - 1
    with transaction(console.engine) as session:
        assert approvals.state_of(session, session.get_one(Approval, approval.id)) == "approved"


async def test_nobody_approves_without_the_tick(console: Stocked, page_at: PageAt) -> None:
    approval = a_waiting_run(console, "Tick", "tick-7002")
    screen = await page_at(PHONE, "approver")
    page = await screen.open(f"/console/approvals/{approval.id}", "approval")

    await page.get_by_role("button", name="Approve").tap()

    assert await page.locator("input[type=checkbox]:invalid").count() == 1
    assert page.url.endswith(str(approval.id))


@pytest.mark.parametrize("width", [WIDE, PHONE])
async def test_an_approval_is_rejected_with_a_reason_and_leaves_the_list(
    console: Stocked, page_at: PageAt, width: int
) -> None:
    approval = a_waiting_run(console, "Reject", f"no-{width + 7003}")
    screen = await page_at(width, "approver")
    page = await screen.open("/console/approvals", "approvals")
    await page.locator(f'a[href$="{approval.id}"]').click()
    await page.get_by_role("heading", name="Your decision").wait_for()
    await screen.seen("approval-open")

    await page.get_by_text("Reject", exact=True).first.click()
    await page.get_by_label("What is wrong with it").fill("the price is missing")
    await screen.seen("approval-rejecting")
    await page.get_by_role("button", name="Reject").click()

    await page.get_by_text("Your no is recorded").wait_for()
    await screen.seen("approval-rejected")
    await screen.open("/console/approvals", "approvals-after")
    assert await page.locator(f'a[href$="{approval.id}"]').count() == 0


async def test_whoever_may_not_decide_is_told_why_and_offered_nothing(console: Stocked, page_at: PageAt) -> None:
    approval = a_waiting_run(console, "Not mine", "not-7004")
    screen = await page_at(WIDE, "everybody")

    page = await screen.open(f"/console/approvals/{approval.id}", "approval-not-mine")

    assert await page.get_by_text("Whoever asked for an approval may not give it.").count() == 1
    assert await page.get_by_role("button", name="Approve").count() == 0


async def test_whoever_is_not_signed_in_reads_the_wording_and_is_asked_who_they_are(
    console: Stocked, page_at: PageAt
) -> None:
    approval = a_waiting_run(console, "Stranger", "str-7005")
    screen = await page_at(PHONE, None)

    page = await screen.open(a_link(console, approval), "approval-link-nobody")

    assert await page.get_by_label("Password").count() == 1
    assert await page.get_by_role("button", name="Approve").count() == 0


async def test_a_post_is_reviewed_from_both_sides_and_its_link_shows_one(console: Stocked, page_at: PageAt) -> None:
    with console.engine.connect() as connection:
        query = text(
            "SELECT r.client_id, r.id FROM run r JOIN client c ON c.id = r.client_id WHERE c.key = :key LIMIT 1"
        )
        client, run = connection.execute(query, {"key": CLIENT}).one()
    note = InternalNote(label="From the desk", text="The client is unhappy with <b>the price</b>.")
    post = PostDesk(console.engine, client, run).stage(internal=(note,)).post_id
    with transaction(console.engine) as session:
        asked = approvals.of(session, ApprovalSubject.POST, post, Review.PRIVACY)
        assert asked is not None

    for width in (WIDE, PHONE):
        screen = await page_at(width, "privacy-reviewer")
        page = await screen.open(f"/console/approvals/{asked.id}", "approval-post")
        assert await page.get_by_text("unhappy with <b>the price</b>").count() == 1
        assert await page.get_by_role("button", name="Approve").count() == 1
    nobody = await (await page_at(PHONE, None)).open(a_link(console, asked, "privacy-reviewer"), "approval-post-link")
    assert await nobody.get_by_text("More people called in October").count() == 1
    assert await nobody.get_by_text("unhappy with").count() == 0
