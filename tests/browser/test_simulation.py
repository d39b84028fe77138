"""A sequence is simulated from the console: the form, the picture, the timetable, and what is said where it cannot be."""

import pytest
from sqlalchemy import text

from tests.browser.conftest import PageAt
from tests.browser.screen import PHONE, WIDE
from tests.openapi.stocked import CLIENT, Stocked

pytestmark = pytest.mark.timeout(300)
LONG = 110_000
"""Milliseconds. A busy machine takes its time to start two servers."""


async def test_an_approver_sees_what_a_sequence_would_do(page_at: PageAt, console: Stocked) -> None:
    with console.engine.connect() as connection:
        before = connection.execute(text("SELECT count(*) FROM run")).scalar_one()
    screen = await page_at(WIDE, "approver")
    page = await screen.open("/console/simulation?sequence=web_lead", "simulation-form")

    assert await page.get_by_label("Sequence", exact=True).input_value() == "web_lead"
    await page.get_by_label("Client", exact=True).select_option(CLIENT)
    await page.get_by_label("The lead comes in", exact=True).fill("2027-03-11T16:40")
    await page.get_by_label("Postal code").fill("10001")
    await page.get_by_label("The lead replies after").fill("2d 20h")
    await page.get_by_role("button", name="Simulate").click(timeout=LONG, no_wait_after=True)
    await page.get_by_role("heading", name="Timetable").wait_for(timeout=LONG)
    await screen.seen("simulation")

    shown = await page.locator("main").inner_text()
    assert "Outcome replied" in shown
    assert "the clocks go forward by 60 min" in shown
    assert await page.get_by_role("img").count() == 1
    await page.set_viewport_size({"width": PHONE, "height": 844})
    await screen.seen("simulation-on-a-phone")
    with console.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM run")).scalar_one() == before


async def test_a_moment_that_is_over_is_refused_beside_the_form(page_at: PageAt) -> None:
    screen = await page_at(PHONE, "sales-ops")
    page = await screen.open("/console/simulation", "simulation-form")

    await page.get_by_label("The lead replies after").fill("soon")
    screen.expect(422)
    await page.get_by_role("button", name="Simulate").click()

    assert "write it like 2d 3h" in await page.get_by_role("alert").inner_text()
    assert await page.get_by_label("The lead replies after").input_value() == "soon"


@pytest.mark.parametrize("handle", ["incident-owner", "privacy-reviewer"])
async def test_whoever_neither_starts_nor_approves_is_told_which_role_it_needs(page_at: PageAt, handle: str) -> None:
    screen = await page_at(WIDE, handle)

    page = await screen.open("/console/simulation", "simulation-forbidden", status=403)

    assert "sales_ops" in await page.get_by_role("alert").inner_text()
