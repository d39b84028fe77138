"""Every path, and who may use it. What the application lets in is compared with this list, which is written by hand."""

from typing import Any

import httpx
import pytest

from models.terms import Role
from tests.openapi.stocked import NEWEST, Stocked

DESK = {"sales-ops", "incident-owner"}
RULERS = {"approver", "incident-owner"}
MENDERS = {"engineer", "incident-owner"}
EVERYBODY = {"sales-ops", "approver", "incident-owner", "engineer"}
MAY = {
    "GET /v1/approvals": EVERYBODY,
    "GET /v1/approvals/{approval_id}": {"approver"},
    "POST /v1/approvals/{approval_id}/codes": {"approver"},
    "POST /v1/approvals/{approval_id}/decision": EVERYBODY,  # to revoke; see the test of approvals
    "GET /v1/audits/newest": EVERYBODY,
    "GET /v1/audits/{audit_id}": EVERYBODY,
    "POST /v1/audits": MENDERS,
    "GET /v1/clients": EVERYBODY,
    "POST /v1/clients": {"sales-ops"},
    "POST /v1/consent": {"sales-ops"},
    "POST /v1/consent/history": EVERYBODY,
    "POST /v1/imports": {"sales-ops"},
    "GET /v1/inbox/{inbox_id}": DESK,
    "POST /v1/inbox/{inbox_id}/assign": DESK,
    "POST /v1/inbox/retry": DESK | {"engineer"},
    "POST /v1/inbox/{inbox_id}/retry": DESK | {"engineer"},
    "GET /v1/lead-events": EVERYBODY,
    "GET /v1/lead-events/{event_id}": DESK,
    "POST /v1/lead-events/{event_id}/closing": {"sales-ops"},
    "POST /v1/lead-events/{event_id}/completion": {"sales-ops"},
    "GET /v1/lead-sources": EVERYBODY,
    "PUT /v1/lead-sources/{way}/{account}": {"sales-ops"},
    "POST /v1/leads": {"sales-ops"},
    "GET /v1/leads/{lead_id}/explanation": EVERYBODY,
    "GET /v1/ledger": EVERYBODY,
    "POST /v1/ledger/reconciliation": MENDERS,
    "GET /v1/ledger/reconciliation/{inquiry_id}": EVERYBODY,
    "POST /v1/ledger/release": MENDERS,
    "GET /v1/messages/{message_id}": EVERYBODY,
    "GET /v1/messages/{message_id}/explanation": EVERYBODY,
    "POST /v1/messages/{message_id}/resolution": RULERS,
    "POST /v1/outreach": {"sales-ops"},
    "GET /v1/pauses": EVERYBODY,
    "POST /v1/pauses": {"incident-owner"},
    "GET /v1/pauses/{pause_id}": EVERYBODY,
    "POST /v1/pauses/{pause_id}/preview": {"incident-owner"},
    "POST /v1/pauses/{pause_id}/resume": {"incident-owner"},
    "GET /v1/rules": EVERYBODY,
    "POST /v1/rules": RULERS,
    "POST /v1/rules/{rule_id}/successor": RULERS,
    "GET /v1/runs": EVERYBODY,
    "GET /v1/runs/{run_id}": EVERYBODY,
    "POST /v1/runs/{run_id}/pause": {"incident-owner"},
    "POST /v1/runs/{run_id}/resume": {"incident-owner"},
    "POST /v1/runs/{run_id}/roll-back": {"incident-owner"},
    "POST /v1/runs/{run_id}/stop": DESK,
    "GET /v1/sequences": EVERYBODY,
    "GET /v1/tasks": EVERYBODY,
    "POST /v1/tasks/{task_id}/close": EVERYBODY,
    "GET /v1/templates": EVERYBODY,
}
OUTSIDE = {
    "/health",
    "/u/{token}",
    "/webhooks/leads/{way}/{address}",
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
