"""A real Chromium, for what only a browser shows: whether scripts of other programs get along with ours."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.browser.conftest import CHROMIUM, NO_BROWSER


async def keep_picture(page: Page, name: str) -> None:
    """Keep what the page shows in the directory COMMS_SCREENSHOTS, if there is one."""
    if place := os.environ.get("COMMS_SCREENSHOTS"):
        await page.screenshot(path=Path(place) / f"{name}.png")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Open the browser of this machine; skip the test, saying so, where there is none."""
    if CHROMIUM is None:
        pytest.skip(NO_BROWSER)
    async with async_playwright() as driver:
        opened = await driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield opened
        finally:
            await opened.close()
