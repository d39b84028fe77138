"""`python -m deploy.container.register`: makes the namespace and its search attributes. Safe to repeat.

Of the settings only `COMMS_TEMPORAL__ADDRESS` and `COMMS_TEMPORAL__NAMESPACE` are read. A run that names an unknown
search attribute fails to start, so this ends only when the server knows all of them; after five minutes it ends with
an error.
"""

import asyncio
import logging

from google.protobuf.duration_pb2 import Duration
from pydantic_settings import BaseSettings
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from models import search
from models.settings import Settings, TemporalSettings

log = logging.getLogger("register")
PATIENCE_SECONDS = 300
RETENTION_DAYS = 30
"""How long a closed run can be read in the Temporal UI. What happened stays in the database."""
NOT_YET = {RPCStatusCode.UNAVAILABLE, RPCStatusCode.NOT_FOUND, RPCStatusCode.DEADLINE_EXCEEDED}
"""A new namespace is not known to every part of the server at once."""


class TemporalOnly(BaseSettings):
    """`COMMS_TEMPORAL__…`."""

    model_config = Settings.model_config

    temporal: TemporalSettings = TemporalSettings()


async def make_namespace(client: Client) -> None:
    """Register the client's namespace unless it is there."""
    retention = Duration(seconds=RETENTION_DAYS * 86_400)
    request = RegisterNamespaceRequest(namespace=client.namespace, workflow_execution_retention_period=retention)
    try:
        await client.workflow_service.register_namespace(request)
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise


async def missing_attributes(client: Client) -> list[str]:
    """Return which of our search attributes the namespace does not have."""
    request = ListSearchAttributesRequest(namespace=client.namespace)
    known = (await client.operator_service.list_search_attributes(request)).custom_attributes
    return [key.name for key in search.ALL if key.name not in known]


async def add_attributes(client: Client) -> None:
    """Add what is missing, as keywords, and wait until the server knows it."""
    while missing := await missing_attributes(client):
        keywords = dict.fromkeys(missing, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD)
        request = AddSearchAttributesRequest(namespace=client.namespace, search_attributes=keywords)
        try:
            await client.operator_service.add_search_attributes(request)
        except RPCError as error:
            if error.status is not RPCStatusCode.ALREADY_EXISTS:
                raise
        await asyncio.sleep(1)


async def register(settings: TemporalSettings) -> None:
    """Make everything, trying again while the server is not ready.

    Raises:
        TimeoutError: the server did not get ready in time.
    """
    client = await Client.connect(settings.address, namespace=settings.namespace, lazy=True)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                await make_namespace(client)
                await add_attributes(client)
            except RPCError as error:
                if error.status not in NOT_YET:
                    raise
                log.info("the server is not ready: %s", error.status.name)
                await asyncio.sleep(1)
            else:
                return


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    asyncio.run(register(TemporalOnly().temporal))
