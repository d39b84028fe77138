"""An incident owner and an account manager at work: the switchboard, incidents, digests, each in both sizes."""

import re

import pytest

from tests.browser.conftest import PageAt
from tests.browser.screen import PHONE, WIDE
from tests.browser.steered import Digests, hold_for_several_reasons
from tests.openapi.stocked import Stocked

OWNER = "incident-owner"


@pytest.fixture(scope="module")
def steered(console: Stocked) -> Stocked:
    """The application with messages that are held for several reasons, and digests of every stage."""
    hold_for_several_reasons(console)
    Digests(console).of_every_stage()
    return console


@pytest.mark.parametrize("width", [WIDE, PHONE])
async def test_an_incident_owner_sees_what_is_held_pauses_and_resumes(
    page_at: PageAt, steered: Stocked, width: int
) -> None:
    screen = await page_at(width, OWNER)
    page = await screen.open("/console/pauses", "pauses")
    assert "Held with its client" in await page.locator(".below .switch.held").first.inner_text()
    await page.get_by_role("link", name="Pause Outreach").click()
    await page.get_by_label("Why, in words").fill("the new wording is looked at once more")
    await screen.seen("pause-new")
    await page.get_by_role("button", name="Look what it will hold").click()
    await screen.seen("pause-look")
    held = await page.locator(".consequence").inner_text()
    # How many are due depends on what other tests have done to the runs they share.
    assert re.search(r"This holds \d+ runs? and \d+ messages? of Outreach(, \d+ of them due now)?\.", held)

    await page.get_by_role("button", name="Pause it now").click()
    assert "nothing of it is sent from now on" in await page.locator(".said").inner_text()
    await screen.seen("pause")
    await page.get_by_role("button", name="Look what would leave").click()
    await screen.seen("pause-preview")
    assert await page.locator("svg .part").count() >= 1
    await page.get_by_label("Why it may go on").fill("it is as it should be")
    await page.get_by_role("button", name="Resume like this").click()
    assert "Resumed." in await page.locator(".said").inner_text()
    await screen.seen("pause-resumed")
    assert await page.get_by_role("link", name="Pause again").count() == 1


async def test_what_cannot_be_paused_like_that_is_said_beside_its_field(page_at: PageAt) -> None:
    screen = await page_at(WIDE, OWNER, scripts=False)
    page = screen.page
    await page.goto(f"{screen.address}/console/pauses/new?what=client:acme-plumbing")
    await page.get_by_label("Why, in words").fill("call +1 303 555 0101")
    screen.expect(422)
    await page.get_by_role("button", name="Look what it will hold").click()
    assert "leave out phone numbers" in await page.locator(".problem").inner_text()


@pytest.mark.parametrize("width", [WIDE, PHONE])
async def test_an_incident_owner_opens_tells_and_resolves(page_at: PageAt, steered: Stocked, width: int) -> None:
    screen = await page_at(width, OWNER)
    page = await screen.open("/console/incidents/open", "incident-open")
    await page.get_by_label("What is wrong, for colleagues").fill("Twilio is down")
    await page.get_by_label("Acme Plumbing").check()
    await page.get_by_label("Note for colleagues").fill("Vendor ticket 4711 says the queue is stuck.")
    await page.get_by_role("button", name="Look what it will do").click()
    await screen.seen("incident-open-look")
    assert re.search(r"This holds \d+ runs? and \d+ messages?", await page.locator(".consequence").inner_text())
    assert "Vendor ticket" not in await page.locator(".client-side").inner_text()
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
    assert "The summary is promised for" in await page.locator(".due").inner_text()
    await screen.seen("incident-resolved")
    await screen.open("/console/incidents", "incidents")


async def test_a_draft_is_kept_with_its_lines_and_dropped(page_at: PageAt, steered: Stocked) -> None:
    screen = await page_at(PHONE, OWNER)
    page = await screen.open("/console/incidents/open")
    await page.get_by_label("What is wrong, for colleagues").fill("Perhaps nothing")
    await page.get_by_label("Acme Plumbing").check()
    await page.get_by_label("Note for colleagues").fill("Line one.\n\nLine two.")
    await page.get_by_label("Only keep a draft").check()
    await page.get_by_role("button", name="Look what it will do").click()
    await page.locator("form.confirm button").click()
    await page.get_by_text("The draft is kept").wait_for()
    await screen.seen("incident-draft")
    assert await page.locator(".as-written", has_text="Line").count() == 2

    await page.get_by_role("button", name="Drop it").click()
    await page.get_by_text("The draft is dropped.").wait_for()


@pytest.mark.parametrize("width", [WIDE, PHONE])
async def test_an_account_manager_follows_digests_from_sources_to_readers(
    page_at: PageAt, steered: Stocked, width: int
) -> None:
    screen = await page_at(width, "sales-ops")
    page = await screen.open("/console/digests", "digests")
    stages = await page.locator(".cell .stands").all_inner_texts()
    assert stages == [
        "no digest", "withdrawn", "viewed", "unread", "chased", "published", "in review", "waiting for sources"
    ]  # fmt: skip
    await page.get_by_role("link", name=re.compile("published")).click()
    await screen.seen("digest-published")
    assert "Is now" in await page.locator("main").inner_text()
    assert "Clicks: 100" in await page.get_by_label("As published").inner_text()
    await screen.open("/console/digests/make", "digest-make")


async def test_whoever_is_no_incident_owner_sees_it_all_and_changes_nothing(page_at: PageAt) -> None:
    screen = await page_at(WIDE, "engineer")
    page = await screen.open("/console/pauses", "pauses-of-an-engineer")
    assert await page.get_by_role("link", name=re.compile("^Pause ")).count() == 0
    await screen.open("/console/pauses/new", "pause-refused", status=403)
    await screen.open("/console/incidents/open", "incident-refused", status=403)
