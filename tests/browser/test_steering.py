"""An incident owner's pages: the switchboard, incidents, digests; driven as one does."""

import re

import pytest

from tests.browser.conftest import PageAt
from tests.browser.screen import PHONE, WIDE

OWNER = "incident-owner"


@pytest.mark.parametrize("width", [WIDE, PHONE])
async def test_an_incident_owner_pauses_looks_at_the_resume_and_resumes(page_at: PageAt, width: int) -> None:
    screen = await page_at(width, OWNER)
    page = await screen.open("/console/pauses", "pauses")
    await page.get_by_role("link", name="Pause Outreach").click()
    await screen.seen("pause-new")
    await page.get_by_label("Why, in words").fill("the new wording is looked at once more")
    await page.get_by_role("button", name="Look what it will hold").click()
    await screen.seen("pause-look")
    assert re.search(
        r"This holds \d+ runs? and \d+ messages? of Outreach", await page.locator(".consequence").inner_text()
    )

    await page.get_by_role("button", name="Pause it now").click()
    assert "nothing of it is sent from now on" in await page.locator(".said").inner_text()
    await screen.seen("pause")
    await page.get_by_role("button", name="Look what would leave").click()
    await screen.seen("pause-preview")
    await page.get_by_label("Why it may go on").fill("it is as it should be")
    await page.get_by_role("button", name="Resume like this").click()
    assert "Resumed." in await page.locator(".said").inner_text()
    await screen.seen("pause-resumed")
    assert await page.get_by_role("link", name="Pause again").count() == 1


@pytest.mark.parametrize("width", [WIDE, PHONE])
async def test_an_incident_owner_opens_tells_and_resolves(page_at: PageAt, width: int) -> None:
    screen = await page_at(width, OWNER)
    page = await screen.open("/console/incidents", "incidents-before")
    await page.get_by_role("link", name="Open an incident").first.click()
    await page.get_by_label("What is wrong, for colleagues").fill("Twilio is down")
    await page.get_by_label("Acme Plumbing").check()
    await page.get_by_label("Note for colleagues").fill("Vendor ticket 4711 says the queue is stuck.")
    await screen.seen("incident-open")
    await page.get_by_role("button", name="Look what it will do").click()
    await screen.seen("incident-open-look")
    assert re.search(r"This holds \d+ runs? and \d+ messages?", await page.locator(".consequence").inner_text())
    assert "4711" not in await page.locator(".client-side").inner_text()
    await page.get_by_role("button", name="Open it now").click()
    assert "are held" in await page.locator(".said").inner_text()
    await screen.seen("incident")

    await page.get_by_role("link", name="Cause found").click()
    await page.get_by_label("For colleagues only").fill("A certificate had run out.")
    await screen.seen("incident-tell")
    await page.get_by_role("button", name="Look what clients will read").click()
    await screen.seen("incident-look")
    assert "We found the cause" in await page.locator(".client-side").inner_text()
    await page.get_by_role("button", name="Cause found").click()
    await page.get_by_role("link", name="Resolve").click()
    await page.get_by_role("button", name="Look what clients will read").click()
    await page.get_by_role("button", name="Resolve").click()
    await page.get_by_role("button", name="Ask for approval").click()
    assert "an approver is asked" in await page.locator(".said").inner_text()
    await screen.seen("incident-resolved")
    await screen.open("/console/incidents", "incidents")
