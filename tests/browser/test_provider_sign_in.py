"""Signing in at the identity provider with a real browser: there, back to the page first asked for, and out again."""

from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Page

from deploy.local.ports import free_port
from models.database import staff_changes
from models.database.engine import transaction
from models.database.events import Origin
from models.database.staff_changes import StaffChange
from models.settings import Settings
from tests.browser.conftest import Windows, in_the_clear
from tests.browser.screen import PHONE, WIDE, Screen
from tests.openapi.stocked import Stocked
from tests.standins.identity_client import OPTIONS, registered_at
from tests.standins.program import Program, running
from tests.starter.served import served

ASKED = "/console/runs?q=Ana%20Lopez&state=waiting"


@pytest.fixture(scope="module")
async def provider(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    async with running("identity", tmp_path_factory.mktemp("identity"), *OPTIONS) as program:
        yield program


@pytest.fixture(scope="module")
def issuer(provider: Program) -> str:
    """Another site than the console to a browser, as a real one is: cookies are kept back that Strict would keep back."""
    return provider.base_url.replace("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def address(console: Stocked, issuer: str) -> Iterator[str]:
    """A console of the same database that sends people to the provider."""
    with transaction(console.engine) as session:
        staff_changes.put(session, StaffChange("approver", subject="ann-1"), Origin("command"))
    port = free_port()
    with served(at(port, console, issuer), port) as base:
        yield base


def at(port: int, console: Stocked, issuer: str) -> Settings:
    settings = in_the_clear(console.engine.url.render_as_string(hide_password=False))
    registered = {"sign_in": registered_at(issuer), "public_base_url": f"http://127.0.0.1:{port}"}
    return settings.model_copy(update=registered)


@pytest.fixture
async def screen(windows: Windows, address: str, issuer: str, width: int) -> Screen:
    opened = await windows(address, width)
    opened.hosts.append(issuer)
    return opened


async def at_the_provider(screen: Screen) -> Page:
    """Ask for a page as nobody, and choose to sign in at the provider."""
    page = await screen.open(ASKED, "sign-in-with-provider")
    await page.get_by_role("link", name="Sign in with your work account").click()
    await page.get_by_role("heading", name="Sign in as …").wait_for()
    return page


@pytest.mark.parametrize("width", [WIDE, PHONE])
async def test_who_signs_in_at_the_provider_gets_the_page_first_asked_for_and_its_roles(
    screen: Screen, address: str
) -> None:
    page = await at_the_provider(screen)
    await screen.seen("provider")
    await page.get_by_role("button", name="Ann Archer").click()
    await page.get_by_role("heading", name="Runs", level=1).wait_for()

    assert page.url == f"{address}{ASKED}"
    assert await page.locator(".sign-out strong").first.text_content() == "approver"
    assert [(await page.request.get(f"{address}{path}")).status for path in (ASKED, "/console/pauses/new")] == [
        200,
        403,
    ]

    await page.go_back()
    await page.get_by_role("button", name="Ann Archer").click()
    await page.get_by_role("heading", name="You are signed in as approver").wait_for()

    if screen.width == PHONE:
        await page.locator("summary", has_text="Menu").tap()
    await page.locator(".sign-out:visible").get_by_role("button", name="Sign out").click()
    await page.get_by_role("heading", name="Sign in", level=1).wait_for()
    await page.goto(f"{address}{ASKED}")
    assert page.url.startswith(f"{address}/sign-in?")


@pytest.mark.parametrize(
    ("pressed", "sentence", "width"),
    [
        ("Nia Newcomb", "nobody is entered here with it. Ask an engineer to run: comms staff set HANDLE --subject 'nia|2'", PHONE),
        ("Do not sign in", "The identity provider says no: the sign-in was cancelled there", WIDE),
    ],
    ids=["unknown", "denied"],
)  # fmt: skip
async def test_who_does_not_get_in_is_told_why_and_begins_again_for_the_same_page(
    screen: Screen, address: str, pressed: str, sentence: str
) -> None:
    page = await at_the_provider(screen)
    screen.expect(403)
    await page.get_by_role("button", name=pressed).click()
    await page.get_by_role("alert").wait_for()
    await screen.seen(f"not-in-{pressed.split()[0].lower()}")
    assert sentence in await page.get_by_role("alert").inner_text()
    assert await page.get_by_label("Password").is_visible()

    await page.get_by_role("link", name="Sign in with your work account").click()
    await page.get_by_role("button", name="Ann Archer").click()
    await page.wait_for_url(f"{address}{ASKED}")
