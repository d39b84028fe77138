"""What a client does on the portal, on a desk and on a phone."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import expect
from sqlalchemy import Engine, text

from models.database import client_contacts
from models.database.engine import make_engine, transaction
from models.database.portal.views import seen
from models.database.runs import request
from models.database.tables.people import ClientContact
from models.database.tables.runs import Run
from models.digests.figures import Unit
from models.portal.views import ViewLevel
from models.settings import Settings
from models.terms import RunKind, RunState
from tests.browser.conftest import Windows
from tests.browser.screen import PHONE, WIDE
from tests.database.portal.desk import CALLS, PostDesk
from tests.starter.conftest import settings  # noqa: F401
from tests.starter.portal.conftest import REVIEWERS, STAFF, a_link
from tests.starter.served import served

PAID = CALLS.model_copy(
    update={"label": "Jobs from marketing", "value": Decimal("12480.5"), "unit": Unit.USD, "basis": "paid"}
    | {"source": "quickbooks/invoices", "key": "paid"}
)
BODY = """More people called in October than in September, and more of the calls were answered.

Search Console data runs to Oct 31, 2026. Figures after that date are not included.

Nothing is needed from you."""
_TOO_SMALL = """[...document.querySelectorAll('button, nav a, label')]
    .filter(one => one.getBoundingClientRect().height < 40).map(one => one.textContent.trim())"""


@dataclass
class Portal:
    """A served portal with two posts, and a link to it."""

    url: str
    link: str
    post: UUID
    engine: Engine

    @property
    def pages(self) -> dict[str, str]:
        link = self.link
        pages = {"posts": f"{link}/posts", "post": f"{link}/posts/{self.post}", "preferences": f"{link}/preferences"}
        return pages | {"nothing": "/portal/x"}

    def level(self) -> ViewLevel | None:
        with transaction(self.engine) as session:
            return next((one.level for one in seen(session, self.post)), None)


@pytest.fixture
def portal(settings: Settings) -> Iterator[Portal]:  # noqa: F811
    engine = make_engine(settings.database, pool_size=2)
    with transaction(engine) as session:
        client: UUID = session.execute(text("SELECT id FROM client")).scalar_one()
        people: dict[str, Any] = {"owner": "sales-ops", "escalation_owner": "approver", "requested_by": "sales-ops"}
        run = Run(kind=RunKind.REPORT_DIGEST, client_id=client, rollback_path="", state=RunState.REQUESTED, **people)
        desk = PostDesk(engine, client, request(session, run, "sales-ops", "key", "body"), REVIEWERS)
        pat = ClientContact(client_id=client, name="Pat", email="pat@acme.example", phone="+13035550144")
        contact = client_contacts.enter(session, pat, "agreement/2026-04", STAFF).id
    desk.published(thread="incident/1", title="Automatic follow-ups are running again", figures=(), kind="incident")
    post = desk.published(body=BODY, figures=(CALLS, PAID))
    desk.correct(post, title="Your report for October 2026", body=BODY, figures=(CALLS, PAID))
    desk.review_twice(post)
    assert desk.publish(post).is_published
    with served(settings) as url:
        yield Portal(url, a_link(engine, contact), post, engine)
    engine.dispose()


@pytest.mark.parametrize("width", [WIDE, PHONE])
async def test_every_page_fits_its_screen_and_asks_nobody_else(windows: Windows, portal: Portal, width: int) -> None:
    screen = await windows(portal.url, width)
    for name, address in portal.pages.items():
        page = await screen.open(address, f"portal/{name}", 404 if name == "nothing" else 200)
        assert await page.evaluate(_TOO_SMALL) == [], name
        assert await page.evaluate("getComputedStyle(document.body).margin") == "0px", "the style sheet was not used"


async def test_a_page_that_was_visible_for_three_seconds_says_so_once(windows: Windows, portal: Portal) -> None:
    screen = await windows(portal.url)
    posted: list[str] = []
    screen.page.on("request", lambda one: posted.append(one.url) if one.method == "POST" else None)

    async with screen.page.expect_response("**/seen"):
        await screen.page.goto(portal.url + portal.pages["post"])
        assert portal.level() is ViewLevel.LINK_HIT

    assert portal.level() is ViewLevel.VIEWED
    assert posted == [f"{portal.url}{portal.pages['post']}/seen"]


async def test_a_person_confirms_chooses_and_opts_out_by_pressing_buttons(windows: Windows, portal: Portal) -> None:
    screen = await windows(portal.url, PHONE)
    page = await screen.open(portal.pages["post"])

    await page.locator("main form button").first.tap()
    await expect(page.locator("body")).to_contain_text("You confirmed on")
    await screen.open(portal.pages["preferences"])
    await page.locator("input[value=incidents]").click()
    await page.locator("form button").first.tap()
    await expect(page.locator("input[value=incidents]")).to_be_checked()
    await page.locator(".row button").first.tap()
    await expect(page.locator("body")).to_contain_text("nothing more here")

    assert portal.level() is ViewLevel.VIEWED_AUTHENTICATED
