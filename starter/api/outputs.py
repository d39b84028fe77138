"""The eight outputs: what stands where, with owner, source, channel, moment, and what happens next."""

from typing import Annotated, cast
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from models.database.engine import snapshot, transaction
from models.database.measures import outputs
from models.database.measures.outputs import Wanted
from models.outputs import (
    ROWS,
    ApprovalStateLine,
    BookedOutcome,
    DeliveryStatus,
    IncidentNote,
    OutputView,
    OwnerTaskLine,
    PortalUpdate,
    ReplyCapture,
    ReportDigestLine,
)
from starter.api.cursors import cursor, opened
from starter.api.exporting import Format, Taken, export
from starter.api.fields import Key
from starter.api.scoped import Since, readable
from starter.callers import MayReadOutputs
from starter.resources import Uses

router = APIRouter(prefix="/v1/outputs", tags=["Outputs"])
Line = (
    DeliveryStatus
    | ReplyCapture
    | OwnerTaskLine
    | ApprovalStateLine
    | PortalUpdate
    | IncidentNote
    | ReportDigestLine
    | BookedOutcome
)
EveryRun = Annotated[
    bool | None,
    Query(description="Also rows for runs that have nothing of the kind yet. Left out: only if a run is named."),
]


class OutputPage(BaseModel):
    """Some rows of an output."""

    rows: list[Line]
    next: str | None = Field(description="`after` of the next page; null if this is the last.")


@router.get("/{view}", summary="Read an output")
def read_output(
    view: OutputView,
    caller: MayReadOutputs,
    uses: Uses,
    client: Key | None = None,
    run: UUID | None = None,
    since: Since = None,
    every_run: EveryRun = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    after: Annotated[str | None, Query(max_length=200, description="`next` of the page before.")] = None,
) -> OutputPage:
    """Return what changed last first. Of staff who work for some clients only: what is about those."""
    start = opened(after) if after else None
    with snapshot(uses.engine) as session:
        whose = readable(session, caller, client)
        wanted = Wanted(whose, run=run, since=since, every_run=run is not None if every_run is None else every_run)
        found = outputs.page(session, view, wanted, limit + 1, start)
    rows = found[:limit]
    last = cursor(rows[-1].at, rows[-1].id) if len(found) > limit else None
    return OutputPage(rows=cast(list[Line], rows), next=last)


@router.get("/{view}/export", summary="Export an output", response_class=StreamingResponse)
def export_output(
    view: OutputView,
    caller: MayReadOutputs,
    uses: Uses,
    format: Format = Format.CSV,
    client: Key | None = None,
    run: UUID | None = None,
    since: Since = None,
    every_run: bool = False,
) -> StreamingResponse:
    """Return every row as CSV or Parquet, streamed. Who took how many rows of what is in the log."""
    with transaction(uses.engine) as session:
        whose = readable(session, caller, client)
    wanted = Wanted(whose, run, since, every_run)
    taken = Taken(view.value, caller, whose[0] if client and whose else None)
    return export(uses.engine, taken, format, ROWS[view], lambda opened: outputs.stream(opened, view, wanted))
