"""Where a run can be read and steered."""

from uuid import UUID

from pydantic import BaseModel

from models.identity import workflow_id
from models.settings import Settings
from models.temporal_ui import workflow_url
from models.terms import RunKind


class RunLinks(BaseModel):
    """Paths of this API, and the address of the workflow in the Temporal UI."""

    run: str
    pause: str
    resume: str
    stop: str
    rollback: str
    temporal_ui: str


def links_of_run(settings: Settings, kind: RunKind, run_id: UUID) -> RunLinks:
    """Return the links of one run."""
    run = f"/v1/runs/{run_id}"
    temporal = settings.temporal
    return RunLinks(
        run=run,
        pause=f"{run}/pause",
        resume=f"{run}/resume",
        stop=f"{run}/stop",
        rollback=f"{run}/rollback",
        temporal_ui=workflow_url(temporal.ui_url, temporal.namespace, workflow_id(kind, run_id)),
    )
