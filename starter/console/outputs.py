"""The eight outputs as tables: what stands where, what a client may be told of it, and what happens next."""

from datetime import UTC, date, datetime, time
from typing import Annotated, NamedTuple
from uuid import UUID

from fastapi import Query
from fastapi.responses import Response

from models.outputs import OutputRow, OutputView
from starter.api import outputs
from starter.api.exporting import Format
from starter.console.choices import clients_for
from starter.console.frame import page
from starter.console.routing import console_router
from starter.console.visiting import MayReadOutputs
from starter.problems import field_problem
from starter.resources import Uses

router = console_router()
ROWS_ON_A_PAGE = 50


class Named(NamedTuple):
    """An output as people call it, what one row is, and which of its own columns the table has."""

    title: str
    row: str
    columns: tuple[str, ...]


OUTPUTS = {
    OutputView.DELIVERY_STATUS: Named("Delivery status", "a message to a contact", ("step", "delivery", "reason")),
    OutputView.REPLY_CAPTURE: Named("Reply capture", "a reply", ("ends_automation",)),
    OutputView.OWNER_TASK: Named("Owner tasks", "something only a person can decide", ("task_kind", "due_at")),
    OutputView.APPROVAL_STATE: Named("Approval state", "a request to approve", ("subject", "review", "decided_by")),
    OutputView.PORTAL_UPDATE: Named("Portal-safe updates", "a post of the portal", ("kind", "title", "seen")),
    OutputView.INCIDENT_NOTE: Named("Incident notes", "an update, as one client was told of it", ("severity", "title")),
    OutputView.REPORT_DIGEST: Named("Report digests", "the digest of one closed period", ("project", "starts", "seen")),
    OutputView.BOOKED_OUTCOME: Named(
        "Booked outcomes", "what became of a run's lead", ("lost_reason", "evidence_kind", "basis")
    ),
}
Optional = Annotated[str, Query(max_length=200)]
Chosen = Annotated[bool, Query(alias="every_run")]


@router.get("/console/outputs")
def overview(visit: MayReadOutputs) -> Response:
    """Show which outputs there are."""
    return page("outputs.html.jinja", visit, outputs=OUTPUTS)


@router.get("/console/outputs/{view}")
def show(
    view: OutputView,
    visit: MayReadOutputs,
    uses: Uses,
    client: Optional = "",
    run: Optional = "",
    since: Optional = "",
    after: Optional = "",
    every_run: Chosen = False,
) -> Response:
    """Show some rows of an output, what changed last first."""
    found = outputs.read_output(
        view, visit.caller, uses, client or None, _run(run), _since(since), every_run or bool(run), ROWS_ON_A_PAGE,
        after or None,
    )  # fmt: skip
    return page(
        "output.html.jinja", visit, view=view, named=OUTPUTS[view], outputs=OUTPUTS, rows=[_line(view, row) for row in found.rows],
        next=found.next, client=client, run=run, since=since, every_run=every_run, clients=clients_for(visit, uses),
    )  # fmt: skip


@router.get("/console/outputs/{view}/export")
def export(
    view: OutputView,
    visit: MayReadOutputs,
    uses: Uses,
    format: Format = Format.CSV,
    client: Optional = "",
    run: Optional = "",
    since: Optional = "",
    every_run: Chosen = False,
) -> Response:
    """Return every row as a file; who took how many is in the log."""
    return outputs.export_output(view, visit.caller, uses, format, client or None, _run(run), _since(since), every_run)


class Row(NamedTuple):
    """A row, and its own columns as words."""

    of: OutputRow
    details: str


def _line(view: OutputView, row: OutputRow) -> Row:
    told = ((name, getattr(row, name)) for name in OUTPUTS[view].columns)
    return Row(
        row, ", ".join(f"{name.replace('_', ' ')}: {_plain(value)}" for name, value in told if value is not None)
    )


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%b} {value.astimezone(UTC).day}, {value.astimezone(UTC):%H:%M} UTC"
    return str(value).replace("_", " ")


def _run(given: str) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError:
        raise field_problem("run", "give the whole id of a run") from None


def _since(given: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(given), time(), UTC) if given else None
    except ValueError:
        raise field_problem("since", "give a day such as 2026-11-20") from None
