import asyncio
from datetime import timedelta
from typing import Any, cast

import pytest
from anyio import CapacityLimiter
from sqlalchemy import Engine

from models.database.inbound.continuity import Listener
from models.settings import Settings
from starter.signs_of_life import show_signs_of_life
from tests.starter.conftest import Api, OpenApi


async def test_no_error_of_any_kind_ends_the_signs_of_life(caplog: pytest.LogCaptureFixture) -> None:
    no_engine = cast(Engine, cast(Any, "neither an engine nor an error of SQLAlchemy's"))
    every = timedelta(milliseconds=10)
    listener = Listener(no_engine, every, timedelta(seconds=30))
    living = asyncio.create_task(show_signs_of_life(listener, CapacityLimiter(1), every))

    async with asyncio.timeout(10):
        while len(caplog.records) < 3 and not living.done():
            await asyncio.sleep(0.01)

    assert not living.done()
    living.cancel()


async def _signed(api: Api) -> None:
    async with asyncio.timeout(10):
        while not api.rows("SELECT 1 FROM heartbeat WHERE at > clock_timestamp() - interval '20 seconds'"):
            await asyncio.sleep(0.01)


async def test_an_application_that_stops_holds_sending_until_what_it_has_missed_is_read(
    open_api: OpenApi, settings: Settings
) -> None:
    async with open_api(settings) as api:
        await _signed(api)
        assert (await api.http.get("/health")).json()["held_because"] == []

    async with open_api(settings) as api:
        await _signed(api)
        assert api.value("SELECT count(*) FROM inbound_gap WHERE closed_at IS NULL") == 1
        assert len((await api.http.get("/health")).json()["held_because"]) == 1


async def test_an_application_that_is_replaced_while_another_serves_holds_nothing(
    open_api: OpenApi, settings: Settings
) -> None:
    async with open_api(settings) as staying:
        await _signed(staying)
        for _ in range(2):
            signs = staying.value("SELECT at FROM heartbeat")
            async with open_api(settings) as api:
                while api.value("SELECT at FROM heartbeat") == signs:
                    await asyncio.sleep(0.01)

        assert staying.rows("SELECT id FROM inbound_gap") == []
        assert (await staying.http.get("/health")).json()["held_because"] == []
