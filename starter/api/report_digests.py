"""Starting the digest of a closed period by hand, and reading one with what it rests on."""

from datetime import UTC, date, datetime
from http import HTTPStatus
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from models.database import runs
from models.database.engine import now, transaction
from models.database.intake import Asked
from models.database.reports import caveats_said, figures, opening, settings, standings
from models.database.reports.caveats_said import SaidOfSource
from models.database.reports.opening import PublishedAlready
from models.database.runs import Started
from models.database.tables.people import Client
from models.database.tables.reports import Report
from models.digests.figures import Period
from models.digests.freshness import status_of
from models.digests.periods import Cadence, bounds, containing
from models.digests.sources import IN_WORDS, SourceName
from models.errors import KeyReusedWithDifferentContent
from models.identity import workflow_id
from models.terms import RunKind, RunState
from starter.api.fields import Strict
from starter.api.links import links_of_run
from starter.api.outreach import Accepted, IdempotencyKey, reused, stored_meanwhile
from starter.callers import Anybody, Caller, SalesOps
from starter.problems import Problem, field_problem
from starter.resources import Uses

router = APIRouter(prefix="/v1/report-digests", tags=["Reports"])
_ACCEPTED = "Stored. The run starts as soon as the workflow server has heard of it."
_OPEN = "The digest of this period is being made by the run named here; nothing new was started."


class DigestBody(Strict):
    """Which period of which report."""

    report_id: UUID
    period: date | None = Field(None, description="Any day of it; the newest closed period if left out.")


class SourceLine(BaseModel):
    """One source of the digest."""

    source: SourceName
    in_words: str
    location: str
    required: bool
    status: str
    complete_through: date | None
    problem: str
    tried_at: datetime | None
    caveats: list[str] = Field(description="What must be said of it in this digest, as a client reads it.")


class FigureLine(BaseModel):
    """One figure as it stands now."""

    label: str
    shown: str
    source: str
    basis: str
    period: str = Field(description="Which days it is about; a figure may be of a part of the digest's period.")
    as_of: datetime


class DigestView(BaseModel):
    """A digest with what it rests on."""

    run_id: UUID
    report_id: UUID
    client: str
    cadence: Cadence
    starts: date
    ends: date
    state: str
    post_id: UUID | None
    published_at: datetime | None
    sources: list[SourceLine]
    figures: list[FigureLine]
    caveats: list[str] = Field(
        description="What must be said of its sources as they stand: by themselves, and by the freshness gate."
    )


@router.post("", status_code=HTTPStatus.ACCEPTED, summary="Make the digest of a closed period",
             responses={200: {"model": Accepted, "description": "It is being made already."}})  # fmt: skip
def start(body: DigestBody, key: IdempotencyKey, caller: SalesOps, uses: Uses, response: Response) -> Accepted:
    """Ask for the digest of a period that is over. The schedule does the same by itself.

    A period has one digest at a time: a second request is answered 200 with the run that is under way. One that was published
    is not made again (409): what changes later is restated in the next one; roll its run back first to replace it.
    """
    by = Asked(caller.handle, key, runs.body_hash(body.model_dump(mode="json")))
    try:
        with transaction(uses.engine) as session:
            started = runs.earlier_start(session, by.actor, by.idempotency_key, by.body_hash) or _request(
                session, body, caller, by
            )
    except runs.LostRace:
        started = stored_meanwhile(uses, by.actor, by.idempotency_key, by.body_hash)
    except KeyReusedWithDifferentContent as again:
        raise reused(again) from None
    except PublishedAlready as published:
        raise Problem(HTTPStatus.CONFLICT, str(published)) from None
    if started.joined:
        response.status_code = HTTPStatus.OK
    return Accepted(
        run_id=started.run_id,
        workflow_id=workflow_id(RunKind.REPORT_DIGEST, started.run_id),
        state=None if started.joined else RunState.REQUESTED,
        already_enrolled=started.joined,
        in_words=_OPEN if started.joined else _ACCEPTED,
        links=links_of_run(uses.settings, RunKind.REPORT_DIGEST, started.run_id),
    )


@router.get("/{run_id}", summary="Read a digest with its sources and figures")
def read(run_id: UUID, caller: Anybody, uses: Uses) -> DigestView:
    """Return where a digest stands and what it rests on. Notes are not part of it."""
    with transaction(uses.engine) as session:
        run = runs.existing(session, run_id)
        row = opening.find_of_run(session, run_id)
        if row is None:
            raise Problem(HTTPStatus.NOT_FOUND, f"run {run_id} makes no digest, or a later one took its place")
        report, client = settings.existing(session, row.report_id), session.get_one(Client, row.client_id)
        period, post = Period(first=row.starts, last=row.ends), opening.post_of(session, row)
        today = now(session).astimezone(ZoneInfo(client.time_zone)).date()
        said = caveats_said.of_digest(session, report, row, today)
        return DigestView(
            run_id=run_id,
            report_id=report.id,
            client=client.key,
            cadence=Cadence(report.cadence),
            state=opening.state_of(row, run, post),
            sources=_sources(session, report, client, period, said, today),
            figures=[
                FigureLine(
                    shown=one.shown,
                    period=one.period.in_words,
                    **one.model_dump(include={"label", "source", "basis", "as_of"}),
                )
                for one in figures.of_period(session, report.id, row.starts)
            ],
            caveats=list(dict.fromkeys(one.said.sentence for one in said)),
            **row.model_dump(include={"starts", "ends", "post_id", "published_at"}),
        )


def _request(session: Session, body: DigestBody, caller: Caller, by: Asked) -> Started:
    caller.refuse_if_of_others(session, "report", body.report_id)
    report = settings.existing(session, body.report_id)
    if not report.active:
        raise field_problem("report_id", "this report is switched off; switch it on first")
    return opening.request(session, report, _period(session, report, body.period), by)


def _period(session: Session, report: Report, day: date | None) -> Period:
    at = now(session)
    if day is None:
        return opening.newest_closed(session, report, at)
    period = containing(Cadence(report.cadence), day)
    _, over = bounds(period, session.get_one(Client, report.client_id).time_zone)
    if at < over.astimezone(UTC):
        raise field_problem("period", f"it ends on {period.last} where the client is; a digest is made of what is over")
    return period


def _sources(
    session: Session, report: Report, client: Client, period: Period, said: list[SaidOfSource], today: date
) -> list[SourceLine]:
    wanted = (*report.required_sources, *report.optional_sources)
    lines = []
    for row in standings.of_client(session, client.id):
        if row.source not in wanted:
            continue
        source, required = SourceName(row.source), row.source in report.required_sources
        status = status_of(standings.state_of(row, source, required=required), period, today)
        lines.append(
            SourceLine(
                source=source,
                in_words=IN_WORDS[source],
                required=required,
                status=status,
                caveats=[one.said.sentence for one in said if (one.source, one.location) == (source, row.location)],
                **row.model_dump(include={"location", "complete_through", "problem", "tried_at"}),
            )
        )
    return lines
