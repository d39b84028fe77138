"""One stack for all modules of tests: whoever kills a part starts it again, and every lead has a number of their own."""

from collections.abc import AsyncIterator

import pytest

from deploy.local.entering import enter
from deploy.local.office import Office
from deploy.local.stack import LocalStack, StackOptions
from tests.short_lived import directory
from tests.stack.scene import CLIENT, LIBRARY, SETTINGS, OwnSettings, Scene


@pytest.fixture(scope="package")
async def scene() -> AsyncIterator[Scene]:
    """A fresh stack with one client and the test library, every wording approved."""
    own: OwnSettings = {}
    options = StackOptions(settings=SETTINGS, own_settings=lambda part, _: own.get(part, {}))
    with directory() as place:
        async with LocalStack(place, options) as stack, Office(stack.urls, stack.site.credentials) as office:
            await enter(stack, office, CLIENT, LIBRARY)
            yield Scene(stack, office, own)
