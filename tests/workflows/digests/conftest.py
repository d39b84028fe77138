"""A world of one digest per test, on a server of its own that skips time."""

from collections.abc import AsyncIterator
from functools import partial

import pytest
from sqlalchemy import Engine

from tests.workflows.digests.world import PUBLIC, DigestWorld
from tests.workflows.model_on_paper import ModelOnPaper
from tests.workflows.skipping import named, skipping


@pytest.fixture
def database_url(stocked_url: str) -> str:
    """Address of a fresh database in which the library need not be stored."""
    return stocked_url


@pytest.fixture
async def world(engine: Engine, database_url: str, request: pytest.FixtureRequest) -> AsyncIterator[DigestWorld]:
    history = named("report_digest", request.node.name)
    async with skipping(DigestWorld, engine, database_url, PUBLIC, history) as made:
        yield made


@pytest.fixture
async def with_model(engine: Engine, database_url: str, request: pytest.FixtureRequest) -> AsyncIterator[DigestWorld]:
    """The same with a model that words drafts."""
    history = named("report_digest", request.node.name)
    async with skipping(partial(DigestWorld, model=ModelOnPaper()), engine, database_url, PUBLIC, history) as made:
        yield made
