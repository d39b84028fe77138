"""Texts: which there are; one version with its approval, its preview, and the tests that one has sent oneself."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Query
from fastapi.responses import Response
from sqlalchemy import RowMapping
from sqlmodel import Session

from models.addresses import masked
from models.copywriting import TemplateVersion
from models.database import library, template_tests
from models.database.engine import transaction
from models.database.permission import approval_desk, authority
from models.database.tables.approvals import Approval
from models.terms import Channel
from starter import previewing
from starter.api.template_tests import no_address, shown
from starter.callers import MAY_TRY_TEXTS
from starter.console.choices import clients_for, newest_leads
from starter.console.frame import page
from starter.console.library_words import APPROVAL, TONES, remarks_on_findings, remarks_on_text, rung
from starter.console.routing import console_router
from starter.console.visiting import Anybody, Visit
from starter.problems import Problem
from starter.resources import Resources, Uses
from starter.words import stands

router = console_router()
Chosen = Annotated[str, Query(max_length=64)]


@router.get("/console/templates")
def overview(visit: Anybody, uses: Uses) -> Response:
    """Show the newest version of each text."""
    with transaction(uses.engine) as session:
        found = library.templates(session)
    newest = {row["key"]: row for row in reversed(found)}
    rows = [dict(newest[key]) | {"consent": rung(newest[key]["consent_needed"])} for key in sorted(newest)]
    return page("templates.html.jinja", visit, rows=rows, words=APPROVAL, tones=TONES)


@router.get("/console/templates/{key:path}")
def show(
    key: str,
    visit: Anybody,
    uses: Uses,
    version: Annotated[int | None, Query(ge=1)] = None,
    client: Chosen = "",
    lead: Chosen = "",
) -> Response:
    """Show one version: the newest, unless another is named; as it would leave for a lead of a client."""
    with transaction(uses.engine) as session:
        versions = [row for row in library.templates(session) if row["key"] == key]
        row = _one_of(versions, version)
        text = TemplateVersion.model_validate({name: row[name] for name in TemplateVersion.model_fields})
        remarks = remarks_on_text(session, text)
        approval = _approval(session, visit, row)
    clients = clients_for(visit, uses)
    return page(
        "template.html.jinja", visit, row=row, versions=versions, remarks=remarks, words=APPROVAL, tones=TONES,
        consent=rung(row["consent_needed"]), clients=clients, client=client or (clients[0][0] if clients else ""), lead=lead,
        **approval, **_tried(visit, uses, row, client or (clients[0][0] if clients else ""), lead),
    )  # fmt: skip


def _one_of(versions: Sequence[RowMapping], version: int | None) -> RowMapping:
    found = next((row for row in versions if version in (None, row["version"])), None)
    if found is None:
        raise Problem(HTTPStatus.NOT_FOUND, "there is no such text or version; see the list of templates")
    return found


def _approval(session: Session, visit: Visit, row: RowMapping) -> dict[str, Any]:
    asked = session.get(Approval, row["approval_id"]) if row["approval_id"] else None
    if asked is None:
        return {"asked": None, "decisions": [], "may_not": "Nobody was asked to approve it."}
    refusal = authority.who_may_not(session, asked, visit.handle)
    decisions = approval_desk.decisions(session, asked.id)
    return {"asked": asked, "decisions": decisions, "may_not": f"{refusal}." if refusal else ""}


def _tried(visit: Visit, uses: Resources, row: RowMapping, client: str, lead: str) -> dict[str, Any]:
    """Return the preview and the tests, if the visitor may see texts as leads read them."""
    nothing: dict[str, Any] = {
        "preview": None,
        "findings": [],
        "why_not": "",
        "leads": [],
        "tests": [],
        "to": "",
        "no_address": "",
        "key": "",
    }
    if not visit.caller.may(MAY_TRY_TEXTS):
        return nothing | {"why_not": "Whoever writes or reviews texts can see it as it would leave."}
    if not client:
        return nothing | {"why_not": "Enter a client first: a text is shown for one."}
    channel = Channel(row["channel"])
    with transaction(uses.engine) as session:
        try:
            text = previewing.rendered(session, uses, visit.caller, row["id"], client, _uuid(lead))
        except Problem as problem:
            if problem.status is not HTTPStatus.CONFLICT:
                raise
            return nothing | {"why_not": f"{problem.detail[:1].upper()}{problem.detail[1:]}."}
        tests = template_tests.of_template(session, text.template, visit.handle)
        address = template_tests.own_address(session, visit.handle, channel)
        leads = newest_leads(session, text.client.id)
    said = shown(text)
    return {
        "preview": said, "findings": remarks_on_findings(said.findings), "why_not": "", "leads": leads,
        "tests": [test | {"in_words": stands(test)} for test in map(dict, tests)], "to": masked(address) if address else "",
        "no_address": no_address(channel, visit.handle), "key": uuid4().hex,
    }  # fmt: skip


def _uuid(given: str) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError:
        raise Problem(HTTPStatus.NOT_FOUND, "there is no such lead") from None
