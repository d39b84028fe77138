"""A Temporal server of its own that skips the time in which nothing happens."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.testing import WorkflowEnvironment

from deploy.simulation.missing import server_that_skips_time
from models import search

KEYWORD = IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD


@asynccontextmanager
async def time_server() -> AsyncIterator[WorkflowEnvironment]:
    """Run it, with the search attributes of the service. Raises PartsMissing."""
    async with await WorkflowEnvironment.start_time_skipping(
        test_server_existing_path=str(server_that_skips_time())
    ) as time:
        attributes = {key.name: KEYWORD for key in search.ALL}
        await time.client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace="default", search_attributes=attributes)
        )
        yield time


def address_of(time: WorkflowEnvironment) -> str:
    """Return where it listens."""
    return time.client.service_client.config.target_host
