"""Reading runs: lists with filters, and one run with everything that happened to it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy import RowMapping

from models.database import timeline
from models.database.engine import transaction
from models.identity import workflow_id
from models.terms import RunKind, RunState
from starter.api.cursors import cursor, opened
from starter.api.fields import Key, Outcome
from starter.api.run_story import RunStory, story_of
from starter.api.scoped import readable
from starter.callers import Anybody
from starter.resources import Uses

router = APIRouter(prefix="/v1/runs", tags=["Runs"])


class RunLine(BaseModel):
    """One run in a list."""

    id: UUID
    workflow_id: str
    client: str
    sequence: str | None
    state: RunState
    outcome: str | None
    owner: str
    requested_at: datetime
    closed_at: datetime | None


class RunPage(BaseModel):
    """Runs, newest first."""

    runs: list[RunLine]
    next: str | None = Field(description="Give it as `after` to get the next page; null on the last one.")


@router.get("", summary="List runs")
def list_runs(
    caller: Anybody,
    uses: Uses,
    client: Key | None = None,
    state: RunState | None = None,
    outcome: Outcome | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    after: Annotated[str | None, Query(max_length=200, description="`next` of the page before.")] = None,
) -> RunPage:
    """Return the runs of the caller's clients, newest first, filtered and in pages."""
    before = opened(after) if after else None
    with transaction(uses.engine) as session:
        found = timeline.page_of_runs(session, limit + 1, readable(session, caller, client), state, outcome, before)
    page = found[:limit]
    more = cursor(page[-1]["requested_at"], page[-1]["id"]) if len(found) > limit else None
    return RunPage(
        runs=[RunLine(workflow_id=workflow_id(RunKind(row["kind"]), row["id"]), **_line(row)) for row in page],
        next=more,
    )


@router.get("/{run_id}", summary="Read a run with its timeline and messages")
def read(run_id: UUID, caller: Anybody, uses: Uses) -> RunStory:
    """Return how the run stands and why: approval, messages with every check of the gate, timeline, open tasks."""
    with transaction(uses.engine) as session:
        return story_of(session, timeline.existing(session, run_id), uses.settings, caller)


def _line(row: RowMapping) -> dict[str, object]:
    names = ("id", "client", "sequence", "state", "outcome", "owner", "requested_at", "closed_at")
    return {name: row[name] for name in names}
