"""One stack for several modules of tests: nothing in it is ever killed, and every lead has a number of their own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import pytest

from deploy.local.entering import enter
from deploy.local.office import Office
from deploy.local.stack import LocalStack, StackOptions
from tests.short_lived import directory
from tests.stack.scene import CLIENT, LIBRARY, SETTINGS, Scene


@asynccontextmanager
async def set_up(settings: Mapping[str, str] = SETTINGS) -> AsyncIterator[Scene]:
    """A fresh stack with one client and the test library, every wording approved."""
    with directory() as place:
        async with (
            LocalStack(place, StackOptions(settings=settings)) as stack,
            Office(stack.urls, stack.site.credentials) as office,
        ):
            await enter(stack, office, CLIENT, LIBRARY)
            yield Scene(stack, office)


@pytest.fixture(scope="package")
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as made:
        yield made


@pytest.fixture(scope="module")
async def own_scene() -> AsyncIterator[Scene]:
    """A stack for one module, which may break it."""
    async with set_up() as made:
        yield made
