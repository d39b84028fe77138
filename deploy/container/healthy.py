"""Health checks of worker and relay: exit code 0 if the process beside this one does its work, 1 if not.

    python -m deploy.container.healthy worker
    python -m deploy.container.healthy relay

Both listen nowhere, so the servers they work for are asked about them. Run it in the container of the process in
question, with its settings. What speaks HTTP is asked by `answers`.
"""

import asyncio
import socket
import sys
from datetime import UTC, datetime, timedelta

import psycopg
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client

from models.settings import Settings, TemporalSettings

PATIENCE_SECONDS = 5
FORGOTTEN = timedelta(minutes=3)
"""A poll waits about a minute on the server; a worker not seen for longer than this polls no more."""
LISTENING = """
SELECT count(*) FROM pg_stat_activity
WHERE query LIKE 'LISTEN %' AND client_addr IS NOT DISTINCT FROM inet_client_addr() AND pid <> pg_backend_pid()
"""


async def polls(settings: TemporalSettings, host: str) -> bool:
    """Say whether a worker of this host has lately asked Temporal for activities."""
    client = await Client.connect(settings.address, namespace=settings.namespace)
    request = DescribeTaskQueueRequest(
        namespace=settings.namespace,
        task_queue=TaskQueue(name=settings.task_queue),
        task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    )
    described = await client.workflow_service.describe_task_queue(request)
    oldest = datetime.now(UTC) - FORGOTTEN
    return any(
        poller.identity.endswith(f"@{host}") and poller.last_access_time.ToDatetime(UTC) > oldest
        for poller in described.pollers
    )


def listens(database_url: str) -> bool:
    """Say whether a process of this host waits for news on the database (`LISTEN`)."""
    with psycopg.connect(database_url.replace("+psycopg", "", 1), connect_timeout=PATIENCE_SECONDS) as connection:
        row = connection.execute(LISTENING).fetchone()
    return row is not None and row[0] > 0


def healthy(arguments: list[str]) -> bool:
    """Make the check that the arguments name."""
    match arguments:
        case ["worker"]:
            return asyncio.run(polls(Settings().temporal, socket.gethostname()))
        case ["relay"]:
            return listens(Settings().database.url.get_secret_value())
        case _:
            raise SystemExit(__doc__)


if __name__ == "__main__":
    try:
        sys.exit(0 if healthy(sys.argv[1:]) else 1)
    except Exception as error:
        sys.exit(type(error).__name__)  # the name only: a message may hold an address with a password
