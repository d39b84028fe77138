"""Which workflow runs each kind of run, what it is given, and what the Temporal UI calls it."""

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from models.digests.travelling import DigestOrder
from models.frozen import Frozen
from models.incidents.travelling import IncidentOrder
from models.outreach import OutreachOrder, RunReference
from models.review_requests.travelling import ReviewOrder
from models.terms import RunKind
from workflows.incident_notice import IncidentNotice
from workflows.outreach_sequence import OutreachSequence
from workflows.report_digest import ReportDigest
from workflows.review_request import ReviewRequest
from workflows.trying_out import TemplateTest


class Starting(NamedTuple):
    """How runs of one kind start."""

    workflow: Callable[..., Any]
    """Its run method."""
    order: Callable[[UUID], Frozen]
    """Returns its input for a run."""
    title: str


STARTING = {
    RunKind.OUTREACH: Starting(OutreachSequence.run, lambda run: OutreachOrder(run_id=run), "Outreach"),
    RunKind.REVIEW_REQUEST: Starting(ReviewRequest.run, lambda run: ReviewOrder(run_id=run), "Review request"),
    RunKind.REPORT_DIGEST: Starting(ReportDigest.run, lambda run: DigestOrder(run_id=run), "Report digest"),
    RunKind.INCIDENT_NOTICE: Starting(IncidentNotice.run, lambda run: IncidentOrder(run_id=run), "Incident notice"),
    RunKind.TEMPLATE_TEST: Starting(TemplateTest.run, lambda run: RunReference(run_id=run), "Test of a text"),
}
