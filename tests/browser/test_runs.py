"""The pages of runs: the list, one run with its picture and its controls, its lead, the audit."""

import pytest
from sqlalchemy import text

from tests.browser.conftest import PageAt
from tests.browser.screen import PHONE, WIDE
from tests.openapi.stocked import Stocked


def _run(console: Stocked, where: str = "true") -> str:
    with console.engine.connect() as connection:
        return str(
            connection.execute(text(f"SELECT id FROM run WHERE {where} ORDER BY requested_at LIMIT 1")).scalar_one()
        )


@pytest.mark.parametrize("width", [WIDE, PHONE])
async def test_runs_are_found_and_their_story_is_seen(page_at: PageAt, console: Stocked, width: int) -> None:
    screen = await page_at(width, "everybody")

    page = await screen.open("/console/runs", "runs")
    assert await page.locator("tbody tr").count() == 5

    page = await screen.open("/console/runs?q=zephyr&state=open", "runs-found")
    assert await page.locator("tbody tr").count() == 5
    page = await screen.open("/console/runs?q=nobody-of-this-name", "runs-none")
    assert "No run is like that" in await page.inner_text("main")

    page = await screen.open(f"/console/runs/{_run(console)}", "run")
    assert await page.locator("svg.run-picture:visible").count() == 1
    assert await page.locator("svg:visible .pic-mark").count() >= 2
