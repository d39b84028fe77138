"""Report digests: the calendar of all of them, one with what it rests on, and asking for one."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Form
from fastapi import Response as Answer
from fastapi.responses import Response

from models.database import intake
from models.database.engine import transaction
from models.database.portal import redaction
from models.database.reports import settings
from models.digests.figures import Period
from models.digests.freshness import SourceStatus
from starter import callers
from starter.api import portal_posts, report_digests, report_sources, reports
from starter.api.report_digests import DigestBody, DigestView
from starter.console import digest_board, typed
from starter.console.forms import Sent, back
from starter.console.frame import page
from starter.console.routing import console_router
from starter.console.visiting import Anybody, SalesOps, Visit
from starter.problems import Problem
from starter.resources import Resources, Uses

router = console_router()
HERE = "/console/digests"
Words = Annotated[str, Form()]


@router.get(HERE)
def calendar(visit: Anybody, uses: Uses) -> Response:
    """Show where the digests of every report stand, and how its sources do."""
    with transaction(uses.engine) as session:
        found = digest_board.lines(session, visit.caller.only)
    clients = {line.report.client.key: line.report.client.name for line in found}
    sources = [
        (name, one) for key, name in clients.items() for one in report_sources.list_sources(key, visit.caller, uses)
    ]
    sources.sort(key=lambda line: line[1].status == SourceStatus.FRESH)
    may = visit.caller.may(callers.SALES_OPS)
    shown: dict[str, Any] = {"found": found, "sources": sources, "may_make": may}
    return page("digests.html.jinja", visit, to_do=digest_board.WHAT_TO_DO, **shown)


@router.get(f"{HERE}/make")
def ask(visit: SalesOps, uses: Uses, report: str = "", period: str = "") -> Response:
    """Show the form."""
    return _form(visit, uses, report, period, uuid4().hex, {})


@router.post(f"{HERE}/make")
def make(
    visit: SalesOps, sent: Sent, uses: Uses, answer: Answer, report: Words = "", period: Words = "", key: Words = ""
) -> Response:
    """Ask for the digest of a period that is over."""
    body, errors = typed.made(lambda: DigestBody.model_validate({"report_id": report, "period": period or None}))
    if body is None:
        return _form(visit, uses, report, period, key, errors)
    try:
        started = report_digests.start(body, key or uuid4().hex, visit.caller, uses, answer)
    except Problem as problem:
        return _form(visit, uses, report, period, uuid4().hex, {"": problem.detail})
    return back(f"{HERE}/{started.run_id}", started.in_words)


@router.get(f"{HERE}/{{run_id}}")
def show(run_id: UUID, visit: Anybody, uses: Uses) -> Response:
    """Show one digest: its sources, figures, what was restated, its text and who has read it."""
    one = report_digests.read(run_id, visit.caller, uses)
    changed = reports.read_restatements(one.report_id, visit.caller, uses)
    may_read = visit.caller.may(callers.READ_POSTS)
    return page(
        "digest.html.jinja",
        visit,
        one=one,
        client_name=_client_name(uses, one.client),
        period=Period(first=one.starts, last=one.ends).in_words,
        told=[line for line in changed if line.told_by == run_id],
        since=[line for line in changed if line.first == one.starts and line.told_by != run_id],
        text=_text(uses, one) if may_read else None,
        views=portal_posts.list_views(one.post_id, visit.caller, uses) if may_read and one.post_id else [],
        may_read=may_read,
        may_publish=visit.caller.may(callers.MAY_PUBLISH),
        may_make=visit.caller.may(callers.SALES_OPS),
        to_do=digest_board.WHAT_TO_DO,
    )


def _text(uses: Resources, one: DigestView) -> redaction.Redaction | None:
    if one.post_id is None:
        return None
    with transaction(uses.engine) as session:
        return redaction.redaction(session, one.post_id)


def _client_name(uses: Resources, key: str) -> str:
    with transaction(uses.engine) as session:
        client = intake.client_by_key(session, key)
        return client.name if client else key


def _form(visit: Visit, uses: Resources, report: str, period: str, key: str, errors: dict[str, str]) -> Response:
    with transaction(uses.engine) as session:
        choices = [
            (str(one.report.id), f"{one.client.name}: {one.project.name}, {one.report.cadence}")
            for one in settings.listed(session, visit.caller.only)
            if one.report.active
        ]
    status = HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK
    shown: dict[str, Any] = {"report": report, "period": period, "key": key, "errors": errors, "choices": choices}
    return page("digest_make.html.jinja", visit, status, **shown)
