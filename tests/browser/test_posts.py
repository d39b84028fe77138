"""A post of the portal after its publication: corrected, withdrawn, and what its client sees meanwhile."""

from urllib.parse import urlsplit
from uuid import UUID

import pytest
from playwright.async_api import Page
from sqlalchemy import text

from tests.browser.conftest import PageAt, Windows
from tests.browser.screen import PHONE, WIDE, Screen
from tests.database.portal.desk import PostDesk
from tests.openapi.stocked import CLIENT, Stocked
from tests.starter.portal.conftest import REVIEWERS

OLD, NEW = "More people called in October.", "Fewer people called in October than we wrote."


@pytest.fixture
def desk(console: Stocked) -> PostDesk:
    with console.engine.connect() as connection:
        query = "SELECT r.client_id, r.id FROM run r JOIN client c ON c.id = r.client_id WHERE c.key = :key LIMIT 1"
        client, run = connection.execute(text(query), {"key": CLIENT}).one()
    return PostDesk(console.engine, client, run, REVIEWERS)


def portal_of(console: Stocked, post: UUID) -> str:
    """Return the path of the post for somebody at the client."""
    pat = {"client": CLIENT, "name": "Pat", "email": "pat@acme.example", "evidence": "agreement/1"}
    headers = console.shows("sales-ops")
    contact = console.http.post("/v1/client-contacts", json=pat, headers=headers).json()["id"]
    link = console.http.post(f"/v1/client-contacts/{contact}/portal-links", json={}, headers=headers).json()["url"]
    return f"{urlsplit(link).path}/posts/{post}"


async def corrected(screen: Screen, post: UUID, words: str) -> Page:
    page = await screen.open(f"/console/posts/{post}", "post")
    await page.get_by_label("Text").fill(words)
    await page.get_by_label("Why it is corrected").fill("a figure was read wrongly")
    await page.get_by_role("button", name="Ask for both reviews").click()
    await page.get_by_text("is kept.").wait_for()
    return page


@pytest.mark.parametrize("width", [WIDE, PHONE])
async def test_a_client_sees_a_correction_once_it_is_reviewed_and_nothing_once_it_is_withdrawn(
    page_at: PageAt, windows: Windows, console: Stocked, desk: PostDesk, width: int
) -> None:
    post = desk.published(thread=f"report/{width}", body=f"{OLD}\n\nNothing is needed from you.")
    client, address = await windows(console.url, PHONE), portal_of(console, post)
    screen = await page_at(width, "sales-ops")
    page = await corrected(screen, post, f"{NEW}\n\nNothing is needed from you.")
    await screen.seen("post-corrected")
    assert OLD in await (await client.open(address, "portal-before")).inner_text("main")

    desk.review_twice(post)
    await page.reload()
    await page.get_by_role("button", name="Publish it").click()
    await page.get_by_text("The client sees the correction from now on").wait_for()
    await screen.seen("post-published")
    shown = await (await client.open(address, "portal-corrected")).inner_text("main")
    assert NEW in shown
    assert "Corrected on" in shown
    assert OLD not in shown

    await page.get_by_label("Why", exact=True).fill("it is about another client")
    await page.get_by_role("button", name="Withdraw it").click()
    await page.get_by_text("The client no longer sees it.", exact=False).first.wait_for()
    await screen.seen("post-withdrawn")
    await client.open(address, "portal-withdrawn", status=404)


async def test_a_correction_that_no_client_may_read_says_why_and_is_reviewed_by_nobody(
    page_at: PageAt, desk: PostDesk
) -> None:
    post = desk.published(thread="report/blocked")
    screen = await page_at(WIDE, "sales-ops")
    page = await corrected(screen, post, "Call +1 415 555 0199 instead.")
    await screen.seen("post-blocked")

    assert "Nobody may see it like this." in await page.inner_text("main")
    assert await page.get_by_role("button", name="Publish it").count() == 0
    assert OLD in await page.get_by_label("What the client sees").inner_text()


async def test_whoever_only_reviews_sees_a_post_and_changes_nothing(page_at: PageAt, desk: PostDesk) -> None:
    post = desk.published(thread="report/read-only")
    page = await (await page_at(WIDE, "privacy-reviewer")).open(f"/console/posts/{post}", "post-of-a-reviewer")

    assert OLD in await page.inner_text("main")
    assert await page.get_by_role("button", name="Withdraw it").count() == 0
