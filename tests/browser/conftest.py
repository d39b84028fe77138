"""One application over a database with something of every kind, and one real browser."""

import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from playwright.async_api import Browser, async_playwright
from pydantic import SecretStr

from models.database import staff_sessions
from models.database.engine import make_engine, transaction
from models.database.seeding import StaffMember, seed_staff
from models.database.staff_sessions import Way
from models.database.tables.people import Client, Staff
from models.settings import DatabaseSettings, Settings
from models.terms import Role
from tests.browser.screen import WIDE, Screen, window
from tests.conftest import _database as cloned
from tests.openapi.conftest import EVERYBODY
from tests.openapi.stocked import Stocked
from tests.starter.conftest import furnished, furnished_url  # noqa: F401
from tests.starter.served import served, settings_on

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
NO_BROWSER = "no Chromium here: the pages were not driven in a real browser (Debian: apt-get install chromium)"
COOKIE = "comms"
ELSEWHERE = StaffMember("elsewhere", tuple(Role))
"""Has every role, and works for another client only."""

A_PERSONS = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36"
"""Headless Chromium says so in its name, and is taken for the program that it is."""

Windows = Callable[..., Awaitable[Screen]]
PageAt = Callable[..., Awaitable[Screen]]


@pytest.fixture(scope="session")
def console(database_server: str, furnished: tuple[str, dict[str, str]]) -> Iterator[Stocked]:  # noqa: F811
    """The served application. `engine` is for adding rows, `http` and `shows(handle)` for using the API."""
    template, keys = furnished
    with cloned(database_server, f"comms_browser_{uuid4().hex[:8]}", template) as (_, url):
        engine = make_engine(DatabaseSettings(url=SecretStr(url)))
        with transaction(engine) as session:
            other = Client(key="other-roofing", name="Other Roofing")
            session.add(other)
            keys = keys | seed_staff(session, [EVERYBODY, ELSEWHERE])
            session.get_one(Staff, ELSEWHERE.handle).clients = [other.id]
        with served(settings_on(url)) as address:
            stocked = Stocked(address, keys, engine)
        with served(in_the_clear(url)) as address, httpx.Client(base_url=address, timeout=30) as http:
            stocked.url, stocked.http = address, http
            yield stocked
        engine.dispose()


def in_the_clear(database_url: str) -> Settings:
    """Settings of an application that a browser reaches by HTTP; with HTTPS it would keep no cookie."""
    return settings_on(database_url).model_copy(update={"public_base_url": "http://127.0.0.1"})


def cookie_of(console: Stocked, handle: str) -> str:
    """Return the cookie of a new session."""
    with transaction(console.engine) as session:
        return staff_sessions.begin(session, session.get_one(Staff, handle), timedelta(hours=1), Way.EMAIL)


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """Debian's browser, without a window."""
    if CHROMIUM is None:
        pytest.skip(NO_BROWSER)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
async def windows(chromium: Browser) -> AsyncIterator[Windows]:
    """Opens windows on an address, each of a browser of its own, with the cookies that it is given.

    When the test ends it fails on everything that was wrong with what the windows have shown.
    """
    contexts, screens = [], []

    async def opened(address: str, width: int = WIDE, scripts: bool = True, **cookies: str) -> Screen:
        context = await chromium.new_context(
            java_script_enabled=scripts, has_touch=width < 640, user_agent=A_PERSONS, reduced_motion="reduce"
        )
        contexts.append(context)
        await context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
        screens.append(await window(context, address, width))
        return screens[-1]

    yield opened
    for context in contexts:
        await context.close()
    complaints = [complaint for screen in screens for complaint in screen.complaints]
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def page_at(windows: Windows, console: Stocked) -> PageAt:
    """Opens windows on the console: `screen = await page_at(390, "approver")`, None for nobody signed in."""

    async def opened(width: int = WIDE, handle: str | None = "everybody", scripts: bool = True) -> Screen:
        cookies = {COOKIE: cookie_of(console, handle)} if handle else {}
        return await windows(console.url, width, scripts, **cookies)

    return opened
