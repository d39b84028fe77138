"""Sequences, texts, measures and outputs, in a real browser: looked at, approved, tried out, taken along."""

import csv

import pytest
from pyarrow.parquet import read_table
from sqlalchemy import text

from activities.library import Library, read_library
from deploy.local.bench.past import make_past
from models.database import staff_changes
from models.database.engine import transaction
from models.database.events import Origin
from models.database.seeding import add_library
from models.database.staff_changes import StaffChange
from models.database.tables.people import Client
from tests.browser.conftest import PageAt
from tests.browser.screen import PHONE, WIDE
from tests.openapi.stocked import Stocked

NEWER = "missed_call/answer"
BOTH = pytest.mark.parametrize("width", [WIDE, PHONE])


@pytest.fixture
def newer(console: Stocked) -> int:
    """A version of a text that waits for its approval; `approver-2` can be reached by text."""
    with transaction(console.engine) as session:
        version = session.execute(
            text("SELECT max(version) + 1 FROM template WHERE key = :key"), {"key": NEWER}
        ).scalar_one()
        again = read_library().templates[0].model_copy(update={"version": version})
        add_library(session, Library(templates=(again,), sequences=()), "copywriter")
        staff_changes.put(session, StaffChange("approver-2", phone="+13035550188"), Origin("command"))
    return int(version)


@BOTH
async def test_a_sequence_is_shown_as_a_picture_with_its_steps(page_at: PageAt, width: int) -> None:
    screen = await page_at(width, "sales-ops")
    await screen.open("/console/sequences", "sequences")

    page = await screen.open("/console/sequences/missed_call", "sequence")

    assert await page.get_by_role("img", name="The course of Missed call").is_visible()
    assert await page.locator("svg.course .stop").count() == 3
    assert "sequence=missed_call" in (await page.get_by_role("link", name="Simulate it").get_attribute("href") or "")
    await screen.open("/console/sequences/review_request", "sequence-reviews")


@BOTH
async def test_an_approver_sees_the_very_text_tries_it_out_approves_it_and_takes_that_back(
    page_at: PageAt, console: Stocked, newer: int, width: int
) -> None:
    screen = await page_at(width, "approver-2")
    await screen.open("/console/templates", "templates")
    page = await screen.open(f"/console/templates/{NEWER}?version={newer}&client=acme-plumbing", "template")
    assert "Maria" in await page.locator(".bubble").inner_text()
    assert await page.get_by_text("1 segment, billed as 1 message").is_visible()

    await page.get_by_role("button", name="Send me a test").click()
    assert "+1•••••••88" in await page.get_by_role("status").first.inner_text()
    await screen.seen("template-tested")
    sent = "SELECT count(*) FROM message WHERE audience = 'test' AND address = '+13035550188'"
    with console.engine.connect() as connection:
        assert connection.execute(text(sent)).scalar_one() >= 1

    await page.get_by_role("button", name="Approve this text").click()
    assert "Approved" in await page.get_by_role("status").first.inner_text()
    await page.get_by_role("link", name="Take the approval back").click()
    await screen.seen("template-revoke")
    await page.get_by_label("Why").fill("a better one is coming")
    await page.get_by_role("button", name="Take the approval back").click()
    assert "approval taken back" in await page.locator("h1").inner_text()


async def test_an_email_is_shown_as_a_mail_and_a_lead_of_the_client_can_be_chosen(page_at: PageAt) -> None:
    screen = await page_at(PHONE, "approver")
    page = await screen.open("/console/templates/quote_request/details?client=acme-plumbing", "template-email")
    assert await page.locator(".mail").is_visible()

    lead = await page.get_by_label("For").locator("option").nth(1).inner_text()
    await page.get_by_label("For").select_option(index=1)
    await page.get_by_role("button", name="Show").click()

    assert lead.split()[0] in await page.locator(".mail").inner_text()
    assert await page.get_by_role("button", name="Send me a test").is_visible()


async def test_whoever_may_not_decide_is_told_why_and_sees_no_button(page_at: PageAt, newer: int) -> None:
    screen = await page_at(WIDE, "engineer")

    page = await screen.open(f"/console/templates/{NEWER}?version={newer}", "template-engineer")

    assert await page.get_by_role("button", name="Approve this text").count() == 0
    assert await page.get_by_text("You cannot decide on it").is_visible()


@pytest.fixture
def past(console: Stocked) -> None:
    """A year of a client of which there is enough to tell."""
    with transaction(console.engine) as session:
        if session.execute(text("SELECT 1 FROM client WHERE key = 'past'")).first():
            return
        client = Client(key="past", name="Past Plumbing", time_zone="America/Denver")
        session.add(client)
        session.flush()
        identity = client.id
    make_past(console.engine, identity, 1500)


@BOTH
async def test_a_course_over_time_is_drawn_with_its_axes_and_its_gaps(page_at: PageAt, past: None, width: int) -> None:
    screen = await page_at(width, "sales-ops")

    page = await screen.open("/console/measures?client=past&over=26w", "measures-past")

    assert await page.locator("#delivery_rate polyline").count() == 1
    assert await page.locator("#response_time polyline").count() == 2
    assert await page.locator("#lost_reason .bar-filled").count() == 2
    assert "%" in await page.locator("#reply_rate .headline").inner_text()


async def test_a_file_of_a_measure_holds_the_figures_of_its_table(page_at: PageAt, past: None) -> None:
    screen = await page_at(WIDE, "sales-ops")
    page = await screen.open("/console/measures?client=past&over=12w", "measures-files")
    for measure, name in (("delivery_rate", "Delivery rate"), ("lost_reason", "Lost reason")):
        await page.locator(f"#{measure} summary").last.click()
        shown = [
            [await row.locator(f"[data-label={column}]").inner_text() for column in ("Counted", "Of")]
            for row in await page.locator(f"#{measure} tbody tr").all()
        ]
        for kind in ("CSV", "Parquet"):
            async with page.expect_download() as taken:
                await page.get_by_role("link", name=f"{name} as {kind}").click()
            file = await (await taken.value).path()
            rows = list(csv.DictReader(file.open())) if kind == "CSV" else read_table(file).to_pylist()
            assert [[str(row["numerator"]), str(row["denominator"])] for row in rows] == shown, kind


async def test_a_measure_of_nothing_says_so(page_at: PageAt) -> None:
    screen = await page_at(PHONE, "elsewhere")
    page = await screen.open("/console/measures", "measures-empty")

    assert await page.locator("#delivery_rate .headline").inner_text() == "–"
    assert "Nothing yet: messages to contacts" in await page.locator("#delivery_rate .nothing").inner_text()


@BOTH
async def test_the_measures_are_pictures_with_their_definitions_and_tables(page_at: PageAt, width: int) -> None:
    screen = await page_at(width, "sales-ops")
    page = await screen.open("/console/measures?client=acme-plumbing&over=4w", "measures")

    assert await page.locator(".measure").count() == 12
    assert await page.get_by_role("img", name="Booked outcome").is_visible()
    await page.locator("#booked_outcome summary").first.click()
    assert await page.get_by_text("leads booked ÷ leads received").is_visible()
    await page.locator("#booked_outcome summary").last.click()
    await screen.seen("measures-opened")
    async with page.expect_download() as taken:
        await page.get_by_role("link", name="Booked outcome as CSV").click()
    assert (await taken.value).suggested_filename == "booked_outcome.csv"


@BOTH
async def test_the_outputs_are_tables_that_can_be_narrowed_and_taken_along(page_at: PageAt, width: int) -> None:
    screen = await page_at(width, "sales-ops")
    await screen.open("/console/outputs", "outputs")
    page = await screen.open("/console/outputs/delivery_status", "output")
    assert await page.locator("table.rows tbody tr").count() > 3

    await page.get_by_label("Changed since").fill("2099-01-01")
    await page.get_by_role("button", name="Show").click()

    assert await page.get_by_text("Nothing of this kind matches").is_visible()
    await screen.seen("output-empty")
    await screen.open("/console/outputs/owner_task?every_run=true", "output-tasks")


async def test_nobody_sees_what_is_about_other_clients(page_at: PageAt) -> None:
    screen = await page_at(WIDE, "elsewhere")

    page = await screen.open("/console/outputs/delivery_status", "output-elsewhere")

    assert await page.get_by_text("Nothing of this kind yet").is_visible()
    assert await page.get_by_label("Client").locator("option").all_inner_texts() == ["All", "Other Roofing"]
    await screen.open("/console/outputs/delivery_status?client=acme-plumbing", "output-refused", status=403)
    await screen.open("/console/measures?client=acme-plumbing", "measures-refused", status=403)
    await screen.open(f"/console/templates/{NEWER}?client=acme-plumbing", "template-refused", status=403)
