"""The pages in a real browser, on a desk and on a phone."""

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
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
from tests.database.portal.desk import CALLS, PostDesk
from tests.starter.portal.chromium import PROGRAM, Page, chromium
from tests.starter.portal.conftest import REVIEWERS, STAFF, a_link
from tests.starter.served import served

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="chromium is not installed")

SCREENS = {"desk": (1440, 900), "phone": (390, 844)}
PICTURES = os.environ.get("PORTAL_PICTURES")
"""A directory for pictures of every page, for those who want to look at them."""
PAID = CALLS.model_copy(
    update={"label": "Jobs from marketing", "value": Decimal("12480.5"), "unit": Unit.USD, "basis": "paid"}
    | {"source": "quickbooks/invoices", "key": "paid"}
)
BODY = """More people called in October than in September, and more of the calls were answered.

Search Console data runs to Oct 31, 2026. Figures after that date are not included.

Nothing is needed from you."""
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
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
        base = self.url + self.link
        pages = {"posts": f"{base}/posts", "post": f"{base}/posts/{self.post}", "preferences": f"{base}/preferences"}
        return pages | {"nothing": f"{self.url}/portal/x"}

    def level(self) -> ViewLevel | None:
        with transaction(self.engine) as session:
            return next((one.level for one in seen(session, self.post)), None)


@pytest.fixture
def portal(settings: Settings) -> Iterator[Portal]:
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


@pytest.mark.parametrize("screen", SCREENS)
async def test_every_page_fits_its_screen_and_asks_nobody_else(portal: Portal, screen: str) -> None:
    async with chromium() as page:
        await page.size(*SCREENS[screen])
        for name, address in portal.pages.items():
            await page.open(address)
            assert await page.value(_TOO_WIDE) == 0, name
            assert await page.value(_TOO_SMALL) == [], name
            assert await page.value("getComputedStyle(document.body).margin") == "0px", "the style sheet was not used"
            if PICTURES:
                await page.photograph(Path(PICTURES, f"{name}-{screen}.png"))
        refused = [complaint for complaint in page.complaints if "404" not in complaint]

    assert refused == []
    assert {address for _, address in page.asked if not address.startswith(portal.url)} == set()


async def test_a_page_that_was_visible_for_three_seconds_says_so_once(portal: Portal) -> None:
    async with chromium() as page:
        await page.size(*SCREENS["desk"])
        await page.open(portal.pages["post"])
        assert portal.level() is ViewLevel.LINK_HIT
        await _until(lambda: portal.level() is ViewLevel.VIEWED)
        posted = [address for method, address in page.asked if method == "POST"]

    assert posted == [f"{portal.pages['post']}/seen"]
    assert page.complaints == []


async def test_a_person_confirms_chooses_and_opts_out_by_pressing_buttons(portal: Portal) -> None:
    async with chromium() as page:
        await page.size(*SCREENS["phone"])
        await page.open(portal.pages["post"])
        await page.press("main form button")
        assert "You confirmed on" in await _shown(page)
        await page.open(portal.pages["preferences"])
        await page.value("document.querySelector('input[value=incidents]').click()")
        await page.press("form button")
        assert await page.value("document.querySelector('input[value=incidents]').checked")
        await page.press(".row button")
        assert "nothing more here" in await _shown(page)

    assert page.complaints == []
    assert portal.level() is ViewLevel.VIEWED_AUTHENTICATED


async def _shown(page: Page) -> str:
    return str(await page.value("document.body.innerText"))


async def _until(holds: Any, within: float = 10.0) -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
