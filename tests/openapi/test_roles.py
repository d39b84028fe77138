"""Every path, and who may use it. What the application lets in is compared with this list, which is written by hand."""

from typing import Any

import httpx
import pytest

from models.terms import Role
from tests.openapi.stocked import NEWEST, Stocked

DESK = {"sales-ops", "incident-owner"}
RULERS = {"approver", "incident-owner"}
MENDERS = {"engineer", "incident-owner"}
REVIEWERS = {"approver", "privacy-reviewer"}
WRITERS = {"sales-ops", "approver", "incident-owner"}
READERS_OF_TEXTS = WRITERS | REVIEWERS
EVERYBODY = READERS_OF_TEXTS | MENDERS
MAY = {
    "GET /v1/approvals": EVERYBODY,
    "GET /v1/approvals/{approval_id}": REVIEWERS,
    "POST /v1/approvals/{approval_id}/codes": {"approver"},
    "POST /v1/approvals/{approval_id}/decision": EVERYBODY,  # to revoke; see the test of approvals
    "POST /v1/audits": MENDERS,
    "GET /v1/audits/newest": EVERYBODY,
    "GET /v1/audits/{audit_id}": EVERYBODY,
    "GET /v1/client-contacts": {"sales-ops"},
    "POST /v1/client-contacts": {"sales-ops"},
    "POST /v1/client-contacts/{contact_id}/deactivate": {"sales-ops"},
    "GET /v1/client-contacts/{contact_id}/portal-links": DESK,
    "POST /v1/client-contacts/{contact_id}/portal-links": {"sales-ops"},
    "POST /v1/client-contacts/{contact_id}/portal-links/revoke": DESK,
    "GET /v1/clients": EVERYBODY,
    "POST /v1/clients": {"sales-ops"},
    "GET /v1/clients/{client}/marks": EVERYBODY,
    "POST /v1/clients/{client}/marks": RULERS,
    "DELETE /v1/clients/{client}/marks/{mark_id}": RULERS,
    "GET /v1/clients/{client}/report-sources": EVERYBODY,
    "DELETE /v1/clients/{client}/report-sources/{source}": {"sales-ops"},
    "PUT /v1/clients/{client}/report-sources/{source}": {"sales-ops"},
    "PUT /v1/clients/{client}/reports/{project}/{cadence}": {"sales-ops"},
    "GET /v1/clients/{client}/review-locations": EVERYBODY,
    "PUT /v1/clients/{client}/review-locations/{location}": {"sales-ops"},
    "POST /v1/consent": {"sales-ops"},
    "POST /v1/consent/history": EVERYBODY,
    "GET /v1/drafts": READERS_OF_TEXTS,
    "GET /v1/drafts/{draft_id}": READERS_OF_TEXTS,
    "POST /v1/drafts/{draft_id}/review": EVERYBODY,  # asked inside, so that an attempt is recorded
    "POST /v1/drafts/{draft_id}/revisions": READERS_OF_TEXTS,
    "GET /v1/handoffs/undelivered": EVERYBODY,
    "POST /v1/imports": {"sales-ops"},
    "POST /v1/inbox/retry": DESK | {"engineer"},
    "GET /v1/inbox/{inbox_id}": DESK,
    "POST /v1/inbox/{inbox_id}/assign": DESK,
    "POST /v1/inbox/{inbox_id}/retry": DESK | {"engineer"},
    "GET /v1/incidents": EVERYBODY,
    "POST /v1/incidents": {"incident-owner"},
    "GET /v1/incidents/{incident_id}": EVERYBODY,
    "POST /v1/incidents/{incident_id}/cancel": {"incident-owner"},
    "POST /v1/incidents/{incident_id}/move": {"incident-owner"},
    "POST /v1/incidents/{incident_id}/notes": {"incident-owner"},
    "POST /v1/incidents/{incident_id}/reopen": {"incident-owner"},
    "POST /v1/incidents/{incident_id}/resolve": {"incident-owner"},
    "POST /v1/incidents/{incident_id}/resume": {"incident-owner"},
    "POST /v1/incidents/{incident_id}/summary": {"incident-owner"},
    "POST /v1/incidents/{incident_id}/updates": {"incident-owner"},
    "GET /v1/lead-events": EVERYBODY,
    "GET /v1/lead-events/{event_id}": DESK,
    "POST /v1/lead-events/{event_id}/closing": {"sales-ops"},
    "POST /v1/lead-events/{event_id}/completion": {"sales-ops"},
    "GET /v1/lead-sources": EVERYBODY,
    "PUT /v1/lead-sources/{way}/{account}": {"sales-ops"},
    "POST /v1/leads": {"sales-ops"},
    "GET /v1/leads/{lead_id}/explanation": EVERYBODY,
    "POST /v1/leads/{lead_id}/outcome": DESK,
    "GET /v1/leads/{lead_id}/outcomes": EVERYBODY,
    "GET /v1/ledger": EVERYBODY,
    "POST /v1/ledger/reconciliation": MENDERS,
    "GET /v1/ledger/reconciliation/{inquiry_id}": EVERYBODY,
    "POST /v1/ledger/release": MENDERS,
    "GET /v1/measures": EVERYBODY,
    "GET /v1/measures/{key}": EVERYBODY,
    "GET /v1/measures/{key}/export": EVERYBODY,
    "GET /v1/messages/{message_id}": EVERYBODY,
    "GET /v1/messages/{message_id}/explanation": EVERYBODY,
    "POST /v1/messages/{message_id}/resolution": RULERS,
    "GET /v1/messages/{message_id}/wording": {"approver"},
    "GET /v1/outputs/{view}": EVERYBODY,
    "GET /v1/outputs/{view}/export": EVERYBODY,
    "POST /v1/outreach": {"sales-ops"},
    "GET /v1/pauses": EVERYBODY,
    "POST /v1/pauses": {"incident-owner"},
    "GET /v1/pauses/{pause_id}": EVERYBODY,
    "POST /v1/pauses/{pause_id}/preview": {"incident-owner"},
    "POST /v1/pauses/{pause_id}/resume": {"incident-owner"},
    "POST /v1/portal-links/{link_id}/revoke": DESK,
    "GET /v1/portal-posts": READERS_OF_TEXTS,
    "GET /v1/portal-posts/{post_id}": READERS_OF_TEXTS,
    "POST /v1/portal-posts/{post_id}/corrections": WRITERS,
    "POST /v1/portal-posts/{post_id}/publish": WRITERS,
    "GET /v1/portal-posts/{post_id}/redaction": READERS_OF_TEXTS,
    "GET /v1/portal-posts/{post_id}/views": READERS_OF_TEXTS,
    "POST /v1/portal-posts/{post_id}/withdraw": WRITERS,
    "POST /v1/report-digests": {"sales-ops"},
    "GET /v1/report-digests/{run_id}": EVERYBODY,
    "GET /v1/reports": EVERYBODY,
    "GET /v1/reports/{report_id}/notes": EVERYBODY,
    "POST /v1/reports/{report_id}/notes": EVERYBODY,
    "GET /v1/reports/{report_id}/periods": EVERYBODY,
    "GET /v1/reports/{report_id}/periods/{starts}/figures": EVERYBODY,
    "GET /v1/reports/{report_id}/restatements": EVERYBODY,
    "POST /v1/review-requests": {"sales-ops"},
    "GET /v1/review-requests/{run_id}": EVERYBODY,
    "GET /v1/rules": EVERYBODY,
    "POST /v1/rules": RULERS,
    "POST /v1/rules/{rule_id}/successor": RULERS,
    "GET /v1/runs": EVERYBODY,
    "GET /v1/runs/{run_id}": EVERYBODY,
    "POST /v1/runs/{run_id}/corrections": DESK,
    "POST /v1/runs/{run_id}/hand-over": DESK,
    "POST /v1/runs/{run_id}/pause": {"incident-owner"},
    "POST /v1/runs/{run_id}/resume": {"incident-owner"},
    "GET /v1/runs/{run_id}/rollback": EVERYBODY,
    "POST /v1/runs/{run_id}/rollback": {"incident-owner"},
    "POST /v1/runs/{run_id}/stop": DESK,
    "GET /v1/sequences": EVERYBODY,
    "GET /v1/tasks": EVERYBODY,
    "POST /v1/tasks/{task_id}/close": EVERYBODY,
    "GET /v1/templates": EVERYBODY,
    "GET /v1/templates/{template_id}/preview": READERS_OF_TEXTS,
    "GET /v1/templates/{template_id}/test-sends": READERS_OF_TEXTS,
    "POST /v1/templates/{template_id}/test-sends": READERS_OF_TEXTS,
    "POST /v1/wording/check": EVERYBODY,
}
OUTSIDE = {
    "/health",
    "/r/{token}",
    "/u/{token}",
    "/webhooks/crm/hubspot",
    "/webhooks/crm/outcomes",
    "/webhooks/crm/salesforce/{secret}",
    "/webhooks/leads/{way}/{address}",
    "/webhooks/quickbooks",
    "/webhooks/twilio/inbound",
    "/webhooks/twilio/status/{token}",
}
"""Paths without a key: links in emails, and web hooks, which prove themselves otherwise."""


@pytest.fixture(scope="module")
def operations(stocked: Stocked) -> set[str]:
    paths: dict[str, dict[str, Any]] = stocked.http.get("/openapi.json").json()["paths"]
    asked = {f"{method.upper()} {path}" for path, methods in paths.items() if path not in OUTSIDE for method in methods}
    assert set(paths) >= OUTSIDE
    return asked


def test_the_list_names_every_operation_and_every_role(operations: set[str]) -> None:
    assert operations == set(MAY)
    assert {handle.replace("-", "_") for handle in EVERYBODY} == set(Role)


@pytest.mark.parametrize("operation", MAY)
def test_only_the_roles_of_the_list_get_in(stocked: Stocked, operation: str) -> None:
    let_in = {who for who in EVERYBODY if _asked(stocked, operation, who).status_code not in (401, 403)}
    nobody = {who: _asked(stocked, operation, None).status_code for who in ("no key",)}

    assert let_in == MAY[operation]
    assert nobody == {"no key": 401}


def _asked(stocked: Stocked, operation: str, who: str | None) -> httpx.Response:
    """Ask for something that exists, with a body that says nothing: whoever is let in is told what is missing."""
    method, path = operation.split()
    for parameter in NEWEST:
        if "{" + parameter + "}" in path:
            path = path.replace("{" + parameter + "}", (stocked.named(parameter) or ["missing"])[0])
    path = path.replace("{way}", "angi").replace("{account}", "acme")
    headers = stocked.shows(who) if who else {}
    return stocked.http.request(method, path, headers=headers, json={"no such field": 1} if method != "GET" else None)
