"""A browser window of one person. Whatever is wrong with a page that it shows fails the test, asked for or not."""

import os
import re
from pathlib import Path

from axe_playwright_python.async_playwright import Axe
from playwright.async_api import BrowserContext, ConsoleMessage, Page, Request, Response

WIDE, PHONE = 1440, 390
_HEIGHTS = {WIDE: 900, PHONE: 844}
_CONTRAST: dict[str, list[str]] = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}
_ALL: dict[str, list[str]] = {"resultTypes": ["violations"]}
_SERIOUS = ("serious", "critical")


class Screen:
    """Pages in one window, opened and looked at.

    `page` is playwright's: click and fill with it, then call `seen` with a name for what it shows now.
    """

    def __init__(self, page: Page, address: str, width: int) -> None:
        self.page = page
        self.address = address
        self.width = width
        self.hosts = [address]
        """Where everything that is shown may come from; a page that leads elsewhere has this said by its test."""
        self.complaints: list[str] = []
        self._expected = 200
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(f"error in a script: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    async def open(self, path: str, name: str = "", status: int = 200) -> Page:
        """Go to a page, check it, and keep a picture of it. `status` is the one that is expected."""
        self._expected = status
        answer = await self.page.goto(self.address + path)
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status} instead of {status}"
        await self.seen(name or re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|[^a-z0-9/]+", "-", path.strip("/")))
        self._expected = 200
        return self.page

    def expect(self, status: int) -> None:
        """Say that what is pressed next is answered with this status."""
        self._expected = status

    async def seen(self, name: str) -> None:
        """Check what is shown now: width, accessibility in both colour schemes; keep a picture."""
        wider = await self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wider > 0:
            self.complaints.append(f"{name}: {wider} px wider than the window of {self.width} px")
        await self._check(name, _ALL)
        await self._keep(name, "")
        await self.page.emulate_media(color_scheme="dark")
        await self._check(f"{name} in the dark", _CONTRAST)
        await self._keep(name, "-dark")
        await self.page.emulate_media(color_scheme="light")

    async def _check(self, name: str, options: dict[str, list[str]]) -> None:
        found = await Axe().run(self.page, options=options)
        for one in found.response["violations"]:
            if one["impact"] in _SERIOUS:
                where = "; ".join(node["html"][:160] for node in one["nodes"][:3])
                why = one["nodes"][0].get("failureSummary", "")
                self.complaints.append(f"{name}: {one['id']} ({one['help']}): {where} {why}")

    async def _keep(self, name: str, suffix: str) -> None:
        folder = os.environ.get("COMMS_SCREENSHOTS")
        if folder:
            path = Path(folder) / f"{name.replace('/', '_')}-{self.width}{suffix}.png"
            await self.page.screenshot(path=path, full_page=True)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not (self._expected >= 400 and "status of" in message.text):
            self.complaints.append(f"the browser's console: {message.text}")

    def _failed(self, request: Request) -> None:
        # Leaving a page ends what it was asking for.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.complaints.append(f"{request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status != self._expected:
            self.complaints.append(f"{response.url}: {response.status}")
        if not response.url.startswith(tuple(self.hosts)):
            self.complaints.append(f"{response.url} is another host's")


async def window(context: BrowserContext, address: str, width: int) -> Screen:
    """Return a new window of a signed-in browser."""
    page = await context.new_page()
    # Colours that are still on their way from light to dark have a contrast that nobody ever reads.
    await page.emulate_media(reduced_motion="reduce")
    await page.set_viewport_size({"width": width, "height": _HEIGHTS.get(width, 900)})
    return Screen(page, address, width)
