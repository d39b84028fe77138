"""A text as it would leave: rendered for a lead of a client, or for a made-up one, and looked at like any other."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import UUID

from sqlmodel import Session

from activities.rendering import render
from models.copywriting import TemplateVersion
from models.database import template_tests, wording
from models.database.engine import now
from models.database.enrollments import fields_of
from models.database.tables.copywriting import Template
from models.database.tables.people import Client, Lead
from models.errors import UnusableTemplate
from models.segments import Segments, count
from models.template_examples import example_fields
from models.terms import Channel
from models.wording import templates
from models.wording.audiences import Stage
from models.wording.judging import Findings
from starter.api.scoped import client_addressed
from starter.callers import Caller
from starter.problems import Problem, field_problem
from starter.resources import Resources


@dataclass(frozen=True, slots=True)
class Rendered:
    """The very bytes, for whom, and what was found in them."""

    template: Template
    client: Client
    lead: Lead | None
    subject: str
    body: str
    findings: Findings
    segments: Segments | None
    """What it costs as a text message; None for an email."""
    at: datetime


def rendered(
    session: Session, uses: Resources, caller: Caller, template_id: UUID, client: str, lead_id: UUID | None
) -> Rendered:
    """Return a version of a text as it would leave now. Writes nothing.

    Raises:
        Problem: no such text, client or lead (404, 422), a client that is not theirs (403), or a text that cannot be
            rendered for this lead (409), with the reason.
    """
    template = template_tests.template(session, template_id)
    if template is None:
        raise Problem(HTTPStatus.NOT_FOUND, f"there is no template {template_id}; see GET /v1/templates")
    whose = client_addressed(session, caller, client)
    lead = session.get(Lead, lead_id) if lead_id else None
    if lead_id and (lead is None or lead.client_id != whose.id):
        raise field_problem("lead", "the client has no such lead")
    version, moment = TemplateVersion.model_validate(template, from_attributes=True), now(session)
    try:
        said = render(version, _fields(uses, whose, lead, moment))
    except UnusableTemplate as unusable:
        raise Problem(HTTPStatus.CONFLICT, f"it cannot be rendered so: {unusable}") from None
    audience = templates.audience_of(version)
    findings = wording.look_at(session, Stage.DRAFT, whose.id, said.subject, said.body, audience)
    cost = count(said.body) if version.channel is Channel.SMS else None
    return Rendered(template, whose, lead, said.subject, said.body, findings, cost, moment)


def _fields(uses: Resources, client: Client, lead: Lead | None, at: datetime) -> dict[str, str]:
    example = example_fields(uses.settings.public_base_url, client.time_zone, at)
    of_lead = fields_of(client, lead or Lead(client_id=client.id, source="", source_lead_id=""))
    if lead is None:
        of_lead = {name: text for name, text in of_lead.items() if name not in example}
    return example | of_lead
