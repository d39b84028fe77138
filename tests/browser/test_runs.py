"""The pages of runs: the list, one run with its picture and its controls, its lead, the audit."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from sqlalchemy import text

from models.compensation import UndoKind
from models.database import run_list, undos
from models.database.engine import transaction
from models.database.run_list import Wanted
from models.terms import RunKind, RunState
from tests.browser.conftest import COOKIE, ELSEWHERE, PageAt, cookie_of
from tests.browser.screen import PHONE, WIDE
from tests.openapi.stocked import Stocked


def _run(console: Stocked, number: int = 0) -> str:
    """One of the runs that were started with the stock, oldest first."""
    query = text("SELECT r.id FROM run r JOIN lead l ON l.id = r.lead_id WHERE l.source_lead_id = :lead")
    with console.engine.connect() as connection:
        return str(connection.execute(query, {"lead": f"call-{number + 1}"}).scalar_one())


def _lead(console: Stocked, run: str) -> str:
    with console.engine.connect() as connection:
        found = connection.execute(text("SELECT lead_id FROM run WHERE id = CAST(:run AS uuid)"), {"run": run})
        return str(found.scalar_one())


@pytest.mark.parametrize("width", [WIDE, PHONE])
async def test_runs_are_found_and_their_story_is_seen(page_at: PageAt, console: Stocked, width: int) -> None:
    screen = await page_at(width, "everybody")
    run = _run(console)

    page = await screen.open("/console/runs", "runs")
    assert await page.locator("tbody tr").count() >= 5
    await page.goto(f"{screen.address}/console/runs?q=zephyr&state=open")
    assert await page.input_value("#q") == "zephyr"
    assert await page.locator("tbody tr").count() >= 1
    await page.goto(f"{screen.address}/console/runs?q=nobody-of-this-name")
    assert "No run is like that" in await page.inner_text("main")

    await page.goto(f"{screen.address}/console/runs/{run}")
    assert await page.locator("svg.run-picture:visible").count() == 1
    link = page.locator("svg.run-picture:visible .pic-mark").first
    assert await page.locator((await link.get_attribute("href")) or "").count() == 1
    await page.locator("article details summary").first.click()
    await screen.seen("run")

    page = await screen.open(f"/console/leads/{_lead(console, run)}", "lead")
    assert await page.get_by_text("May we write to them?").count() == 1


async def test_an_incident_owner_pauses_resumes_and_stops_a_run_on_a_phone(page_at: PageAt, console: Stocked) -> None:
    screen = await page_at(PHONE, "everybody")
    run = _run(console, 3)

    page = await screen.open(f"/console/runs/{run}/pause", "run-pause")
    assert "will not leave until it is resumed" in await page.locator(".consequence").inner_text()
    await page.get_by_label("Why").fill("wrong prices")
    await page.get_by_role("button", name="Pause").tap()
    await page.get_by_text("It is paused. Nothing more leaves").wait_for()

    await page.get_by_role("link", name="Resume").tap()
    await page.get_by_label("Why it may go on").fill("prices are right again")
    await page.get_by_role("button", name="Resume").tap()
    await page.get_by_text("It was resumed.").wait_for()

    await page.get_by_role("link", name="Stop").tap()
    await page.get_by_label("Why").fill("the lead has called")
    await page.get_by_role("button", name="Stop").tap()
    await page.get_by_text("It is stopped.").wait_for()


@pytest.mark.parametrize("width", [WIDE, PHONE])
async def test_a_rollback_is_seen_before_it_is_asked_for(page_at: PageAt, console: Stocked, width: int) -> None:
    with transaction(console.engine) as session:
        undos.register(session, UUID(_run(console)), "handoff", UndoKind.CRM_HANDOFF, str(uuid4()))
    screen = await page_at(width, "everybody")
    page = await screen.open(f"/console/runs/{_run(console)}/roll-back", "run-roll-back")
    assert await page.locator("tbody tr").count() >= 1
    assert "takes back" in await page.locator(".consequence").inner_text()


async def test_a_rollback_is_asked_for_once_and_shows_what_becomes_of_each_step(
    page_at: PageAt, console: Stocked
) -> None:
    run = _run(console, 2)
    with transaction(console.engine) as session:
        undos.register(session, UUID(run), "handoff", UndoKind.CRM_HANDOFF, str(uuid4()))
    screen = await page_at(PHONE, "incident-owner")
    page = await screen.open(f"/console/runs/{run}/roll-back", "run-roll-back-asked")
    await page.get_by_label("Why").fill("it is the wrong client's lead")

    await page.get_by_role("button", name="Roll back").tap()

    await page.get_by_text("incident-owner has asked for this rollback").wait_for()
    assert await page.get_by_role("button", name="Roll back").count() == 0
    done = {"id": run, "state": "undone", "reason": "created by us and untouched since: archived"}
    with console.engine.begin() as connection:
        connection.execute(text("UPDATE undo SET state = :state, reason = :reason WHERE run_id = :id"), done)
    await page.get_by_text("It was taken back.").wait_for()
    await screen.seen("run-rolled-back")


async def test_sales_ops_say_what_became_of_a_lead(page_at: PageAt, console: Stocked) -> None:
    screen = await page_at(WIDE, "sales-ops")
    page = await screen.open(f"/console/runs/{_run(console, 1)}/outcome", "run-outcome")
    await page.get_by_label("Outcome").select_option("booked")
    await page.get_by_label("Evidence", exact=True).select_option("invoice")
    await page.get_by_label("Its id").fill("INV-2231")
    await page.get_by_label("Value of a booking is").select_option("invoiced")
    await page.get_by_label("Amount").fill("189.50")
    await page.get_by_role("button", name="Note it").click()
    await page.get_by_text("The lead now counts as booked").wait_for()

    await page.goto(f"{screen.address}/console/runs/{_run(console, 1)}/outcome")
    assert "189.50 USD invoiced" in await page.inner_text("main")


@pytest.mark.parametrize("width", [WIDE, PHONE])
async def test_the_audit_says_in_words_what_holds(page_at: PageAt, width: int) -> None:
    screen = await page_at(width, "engineer")
    page = screen.page
    await page.goto(f"{screen.address}/console/audit")
    await page.get_by_role("link", name="Check the rows now").click()
    await page.get_by_text("Nothing was claimed after an opt-out.").first.wait_for()
    await screen.seen("audit-rows")
    await page.get_by_role("button", name="Read the providers' lists now").click()
    await page.get_by_text("The worker reads the providers' lists.").wait_for()


def test_filters_and_pages_leave_no_run_out(console: Stocked) -> None:
    with transaction(console.engine) as session:
        everything = [row["id"] for row in run_list.page(session, Wanted(), None, 200)]
        seen, before = [], None
        while rows := run_list.page(session, Wanted(), None, 2, before):
            seen += [row["id"] for row in rows]
            before = (rows[-1]["requested_at"], rows[-1]["id"])
        assert seen == everything

        def found(**wanted: Any) -> set[UUID]:
            return {row["id"] for row in run_list.page(session, Wanted(**wanted), None, 200)}

        run = _run(console)
        assert found(words=run[:8]) == {UUID(run)}
        assert UUID(run) in found(words=_lead(console, run))
        assert UUID(run) in found(words="ephyri", by_name=True)
        assert not found(words="ephyri")
        assert not found(words="%")
        assert found(open=True) | found(state=RunState.CLOSED) == set(everything)
        assert found(kind=RunKind.OUTREACH, client="acme-plumbing", owner="sales-ops") <= set(everything)
        assert run_list.page(session, Wanted(), [], 200) == []


def test_what_is_another_clients_is_not_there(console: Stocked) -> None:
    run = _run(console)
    pages = [f"/console/runs/{run}", f"/console/leads/{_lead(console, run)}"]
    pages += [f"/console/runs/{run}/{control}" for control in ("pause", "resume", "stop", "roll-back", "outcome")]
    with httpx.Client(base_url=console.url, cookies={COOKIE: cookie_of(console, ELSEWHERE.handle)}) as browser:
        assert run not in browser.get("/console/runs").text
        assert [browser.get(page).status_code for page in pages] == [404] * len(pages)
        shown = browser.get("/console/audit/rows").text
        assert "for those who work for every client" in shown
    with httpx.Client(base_url=console.url) as nobody:
        assert {nobody.get(page).status_code for page in [*pages, "/console/runs", "/console/audit"]} == {303}


def test_who_has_not_the_role_sees_the_plan_and_no_button(console: Stocked) -> None:
    run = f"/console/runs/{_run(console)}"
    with httpx.Client(base_url=console.url, cookies={COOKIE: cookie_of(console, "approver")}) as browser:
        assert f"{run}/pause" not in browser.get(run).text
        assert browser.get(f"{run}/pause").status_code == 403
        shown = browser.get(f"{run}/roll-back").text
        assert "An incident owner may roll this run back." in shown
        assert "<button>Roll back" not in shown


def test_what_nobody_can_read_is_refused_in_words(console: Stocked) -> None:
    with httpx.Client(base_url=console.url, cookies={COOKIE: cookie_of(console, "everybody")}) as browser:
        for odd in ("after=x", "q=%25%27%22--", "kind=nonsense&state=%00", "owner=%00", f"client={'x' * 101}"):
            assert browser.get(f"/console/runs?{odd}").status_code in (200, 422)
        assert browser.get("/console/runs/not-an-id").status_code == 422
        assert browser.post(f"/console/runs/{_run(console)}/stop", data={"reason": "x"}).status_code == 403
