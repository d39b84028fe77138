import asyncio
from datetime import timedelta
from typing import Any, cast

import pytest
from anyio import CapacityLimiter
from sqlalchemy import Engine

from starter.signs_of_life import show_signs_of_life


async def test_no_error_of_any_kind_ends_the_signs_of_life(caplog: pytest.LogCaptureFixture) -> None:
    no_engine = cast(Engine, cast(Any, "neither an engine nor an error of SQLAlchemy's"))
    every = timedelta(milliseconds=10)
    living = asyncio.create_task(show_signs_of_life(no_engine, CapacityLimiter(1), every, timedelta(seconds=30)))

    async with asyncio.timeout(10):
        while len(caplog.records) < 3 and not living.done():
            await asyncio.sleep(0.01)

    assert not living.done()
    living.cancel()
