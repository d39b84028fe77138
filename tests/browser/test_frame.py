"""The frame of the console: its start page, its menu, its errors, and that it stays live."""

import pytest

from tests.browser.conftest import PageAt
from tests.browser.screen import PHONE, WIDE


@pytest.mark.parametrize("width", [WIDE, PHONE])
async def test_the_start_page_greets_whoever_is_signed_in(page_at: PageAt, width: int) -> None:
    screen = await page_at(width, "everybody")

    page = await screen.open("/console", "start")

    assert await page.get_by_role("heading", level=1).inner_text() == "What needs me"
    if width == PHONE:
        await page.locator("summary", has_text="Menu").tap()
        await screen.seen("menu")
    assert (await page.locator("nav:visible a[aria-current=page]").inner_text()).startswith("What needs me")
    assert await page.locator(".sign-out:visible").inner_text() != ""


async def test_whoever_is_not_signed_in_comes_back_to_the_page_after_the_sign_in(page_at: PageAt) -> None:
    screen = await page_at(PHONE, None)

    page = await screen.open("/console?kind=approval", "sign-in")

    assert page.url.endswith("/sign-in?onward=/console%3Fkind%3Dapproval")


async def test_a_page_that_is_not_there_says_so_and_leads_on(page_at: PageAt) -> None:
    screen = await page_at(WIDE, "engineer")

    page = await screen.open("/console/nowhere", "not-found", status=404)

    assert await page.get_by_role("alert").inner_text() == "This address leads nowhere; see the menu for what there is."
    assert await page.locator("nav:visible a").count() >= 1


async def test_a_page_renews_itself_without_loading_again(page_at: PageAt) -> None:
    screen = await page_at(WIDE, "everybody")
    page = await screen.open("/console", "live")
    await page.evaluate("document.body.dataset.sameDocument = 'yes'")

    async with page.expect_response("**/console") as polled:
        await page.evaluate("htmx.trigger('#live', 'every')")
        await page.evaluate("htmx.ajax('GET', '/console', {source: '#live', target: '#live'})")

    assert (await polled.value).request.headers["hx-request"] == "true"
    assert await page.evaluate("document.body.dataset.sameDocument") == "yes"
    assert await page.locator("#live").count() == 1
