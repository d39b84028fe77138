"""Which version of the code runs a workflow, and how a worker becomes the version to which runs go.

Every workflow follows the current version (AUTO_UPGRADE). PINNED, which lets a run end on the version that began it, is for runs of
minutes. Ours wait for days and weeks, must be reached by a correction at once, and must never wait for a worker that is gone; the
short ones (the close of a period, a rollback) must come to their end when a version is withdrawn in a hurry. The price: a change
must fit what is under way, by `workflow.patched`, and `comms replay --open` is asked before each deploy.

It is declared here for all of them, not in `@workflow.defn`: the server refuses every task of a workflow that declares a behaviour
there and runs on a worker that takes no part in versioning (1.32: "versioning behavior cannot be specified without …").
"""

import asyncio
import time

from temporalio.api.workflowservice.v1 import SetWorkerDeploymentCurrentVersionRequest
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import WorkerDeploymentConfig

from workflows.registry import WORKFLOWS

FOLLOWS_THE_CURRENT_VERSION = VersioningBehavior.AUTO_UPGRADE
BEHAVIOR = dict.fromkeys(WORKFLOWS, FOLLOWS_THE_CURRENT_VERSION)
"""Of each workflow. One that needs another needs a worker, and a task queue, of its own."""
POLL_SECONDS = 0.1
KNOWN_WITHIN_SECONDS = 30.0
"""The server learns of a version when its worker first asks for work."""
_NOT_YET = {
    RPCStatusCode.NOT_FOUND,
    RPCStatusCode.FAILED_PRECONDITION,
    RPCStatusCode.INVALID_ARGUMENT,
    RPCStatusCode.UNAVAILABLE,
    RPCStatusCode.DEADLINE_EXCEEDED,
    RPCStatusCode.RESOURCE_EXHAUSTED,
}


def deployment_config(deployment: str, build_id: str) -> WorkerDeploymentConfig | None:
    """Return what makes a worker one version of a deployment; None without a build id."""
    if not build_id:
        return None
    [behavior] = set(BEHAVIOR.values())
    return WorkerDeploymentConfig(WorkerDeploymentVersion(deployment, build_id), True, behavior)


async def make_current(client: Client, deployment: str, build_id: str) -> None:
    """Let new runs, and those under way, go to this version. Call it while its worker runs; may be repeated.

    Raises:
        RPCError: the server does not know the version after half a minute, or does not allow this.
    """
    asked = SetWorkerDeploymentCurrentVersionRequest(
        namespace=client.namespace, deployment_name=deployment, build_id=build_id, ignore_missing_task_queues=True
    )
    deadline = time.monotonic() + KNOWN_WITHIN_SECONDS
    while True:
        try:
            await client.workflow_service.set_worker_deployment_current_version(asked)
            return
        except RPCError as error:
            if error.status not in _NOT_YET or time.monotonic() > deadline:
                raise
        await asyncio.sleep(POLL_SECONDS)
