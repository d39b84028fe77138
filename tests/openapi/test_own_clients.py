"""Whoever works for some clients only reads nothing of another one and changes nothing of it, whatever they ask."""

import re
from typing import Any

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from models.outputs import OutputView
from starter.app import create_app
from starter.callers import caller_of
from starter.console.visiting import visit_if_any
from starter.own_clients import ATTEMPTS_RECORDED, OF_NO_CLIENT, OWNED
from tests.openapi.stocked import CLIENT, Stocked
from tests.openapi.test_no_surprise import NOWHERE
from tests.openapi.test_roles import MAY
from tests.openapi.two_clients import COLLEAGUE, INCIDENT, OTHER, PAT, RULE, TwoClients
from tests.starter.builders import an_order
from tests.starter.served import settings_on
from tests.starter.test_review_requests import a_job

PARAMETER = re.compile(r"{([a-z_]+)(?::\w+)?}")
KNOWN = OWNED | ATTEMPTS_RECORDED
RUN = "SELECT id FROM run WHERE client_id = :acme AND kind = 'outreach' ORDER BY requested_at"
OF_ACME = {
    "approval_id": "SELECT id FROM approval WHERE client_id = :acme",
    "client": "SELECT key FROM client WHERE id = :acme",
    "contact_id": "SELECT contact_id FROM portal_link WHERE client_id = :acme",
    "draft_id": "SELECT id FROM draft WHERE client_id = :acme",
    "event_id": "SELECT id FROM lead_event WHERE client_id = :acme",
    "inbox_id": "SELECT inbox_id FROM reply WHERE client_id = :acme",
    "incident_id": "SELECT incident_id FROM incident_client GROUP BY 1 HAVING count(*) = 1",
    "lead_id": "SELECT id FROM lead WHERE client_id = :acme",
    "link_id": "SELECT id FROM portal_link WHERE client_id = :acme",
    "message_id": "SELECT id FROM message WHERE client_id = :acme AND audience = 'contact'",
    "pause_id": "SELECT id FROM pause WHERE scope = 'client:' || :acme",
    "post_id": "SELECT id FROM post WHERE client_id = :acme",
    "report_id": "SELECT id FROM report WHERE client_id = :acme",
    "rule_id": "SELECT id FROM sending_rule WHERE client_id = :acme",
    "run_id": RUN,
    "task_id": "SELECT id FROM owner_task WHERE client_id = :acme AND closed_at IS NULL",
}
OF_ACME_IN = {
    "GET /v1/report-digests/{run_id}": "SELECT run_id FROM report_period WHERE client_id = :acme",
    "GET /v1/review-requests/{run_id}": "SELECT id FROM run WHERE client_id = :acme AND kind = 'review_request'",
}
OF_ALL = {
    "audit_id": "SELECT id FROM inquiry WHERE kind = 'audit'",
    "inquiry_id": "SELECT id FROM inquiry WHERE kind <> 'audit'",
    "key": "SELECT 'delivery_rate'",
    "starts": "SELECT starts FROM report_period",
    "template_id": "SELECT id FROM template",
    "view": "SELECT 'delivery_status'",
}
NEEDED = {"/v1/templates/{template_id}/preview": {"client": OTHER}}
SAID = ("Zephyrine", "Acme Plumbing", "acme-plumbing", "5550123", PAT["email"], "sc-domain:acme")


@pytest.fixture(scope="module")
def two(stocked: Stocked) -> TwoClients:
    return TwoClients(stocked)


def asks_who(dependant: Dependant) -> bool:
    return dependant.call in (caller_of, visit_if_any) or any(asks_who(one) for one in dependant.dependencies)


def path_in(two: TwoClients, operation: str) -> str:
    """The path of an operation, with what is Acme's."""
    path = operation.split()[1]
    for name in PARAMETER.findall(path):
        query = OF_ACME_IN.get(operation) or OF_ACME.get(name) or OF_ALL.get(name)
        path = path.replace(f"{{{name}}}", two.one(query) if query else "angi" if name == "way" else "seo")
    return path


def names_a_thing(operation: str) -> set[str]:
    return set(PARAMETER.findall(operation)) & set(KNOWN)


def test_every_parameter_of_a_path_is_known_to_the_guard() -> None:
    used: set[str] = set()
    for route in iter_route_contexts(create_app(settings_on(NOWHERE)).router.routes):
        dependant = getattr(route, "dependant", None)
        if dependant is not None and asks_who(dependant):
            used |= set(PARAMETER.findall(route.path or ""))

    assert set(KNOWN) == set(OF_ACME)
    assert used <= set(KNOWN) | OF_NO_CLIENT, "say in starter/own_clients.py whose thing it names"
    assert set(KNOWN) <= used


@pytest.mark.parametrize("operation", [one for one in MAY if one.startswith("GET") and names_a_thing(one)])
def test_what_is_anothers_is_not_there(two: TwoClients, operation: str) -> None:
    path = path_in(two, operation)

    assert two.sees(path).status_code == 200, path
    assert two.asks("GET", path).status_code == 404


@pytest.mark.parametrize("operation", [one for one in MAY if one.startswith("GET") and not names_a_thing(one)])
def test_no_list_holds_what_is_anothers(two: TwoClients, operation: str) -> None:
    path = path_in(two, operation)
    asked = NEEDED.get(operation.split()[1], {})
    theirs = two.ids_of_acme()
    everything, shown = two.sees(path, params=asked), two.asks("GET", path, params=asked)

    assert (everything.status_code, shown.status_code) == (200, 200), shown.text
    assert not [one for one in (*theirs, *SAID) if one in shown.text]


@pytest.mark.parametrize("path", ["/v1/runs", "/v1/tasks", "/v1/pauses", "/v1/incidents", "/v1/clients"])
def test_what_is_ones_own_is_there_among_what_is_anothers(two: TwoClients, path: str) -> None:
    shown, everything = two.asks("GET", path).text, two.sees(path).text

    assert path == "/v1/tasks" or shown not in ("[]", '{"runs":[],"next":null}')
    assert [one for one in two.ids_of_acme() if one in everything]


@pytest.mark.parametrize("operation", [one for one in MAY if not one.startswith("GET") and names_a_thing(one)])
def test_nothing_of_another_is_changed(two: TwoClients, operation: str) -> None:
    body: dict[str, Any] | None = None if operation.startswith("DELETE") else {}
    answer = two.asks(operation.split()[0], path_in(two, operation), json=body)

    # A decision without its wording is 422; with it, it is refused by the rules of reviewing, and recorded.
    assert answer.status_code in ({422, 403} if names_a_thing(operation) & set(ATTEMPTS_RECORDED) else {404}), (
        answer.text
    )


ORDER = an_order()
LEAD = {"client": CLIENT, "sequence": "quote_request", "source": "web_form", "source_lead_id": "w-9"}
ROWS = {"client": CLIENT, "list_name": "show", "sequence": "web_lead", "columns": ["phone"],
        "rows": [{"line": 2, "values": ["3035550199"]}]}  # fmt: skip
OPT_OUT = {"client": CLIENT, "channel": "sms", "address": "3035550123", "status": "revoked", "evidence": "call/1"}
WHOSE = {name: OPT_OUT[name] for name in ("client", "channel", "address")}
WHY = {"reason": "because"}
TEXT = {"client": CLIENT, "purpose": "outreach", "channel": "sms", "body": "Hi"}
NAMED_IN_BODIES: list[tuple[str, dict[str, Any]]] = [
    ("POST /v1/outreach", ORDER),
    ("POST /v1/review-requests", a_job()),
    ("POST /v1/leads", LEAD),
    ("POST /v1/imports", ROWS),
    ("PUT /v1/lead-sources/angi/acme", {"client": CLIENT, "sequence": "quote_request"}),
    ("POST /v1/consent", OPT_OUT),
    ("POST /v1/consent/history", WHOSE),
    ("POST /v1/consent/history", {"lead": "{lead_id}"}),
    ("POST /v1/clients", {"key": CLIENT, "name": "Mine"}),
    ("POST /v1/clients", {"key": "a-new-one", "name": "Mine"}),
    ("POST /v1/client-contacts", PAT | {"client": CLIENT}),
    ("POST /v1/pauses", WHY | {"scope": "client", "client": CLIENT}),
    ("POST /v1/pauses", WHY | {"scope": "channel", "client": CLIENT, "channel": "sms"}),
    ("POST /v1/pauses", WHY | {"scope": "run", "run": "{run_id}"}),
    ("POST /v1/pauses", WHY | {"scope": "everything"}),
    ("POST /v1/pauses", WHY | {"scope": "provider", "provider": "ses"}),
    ("POST /v1/incidents", INCIDENT | {"title": "Down", "clients": [OTHER, CLIENT]}),
    ("POST /v1/incidents", {"severity": "minor", "from_pause": "{pause_id}"}),
    ("POST /v1/report-digests", {"report_id": "{report_id}"}),
    ("POST /v1/rules", RULE | {"client": CLIENT}),
    ("POST /v1/rules", RULE | {"jurisdiction": "agency"}),
    ("POST /v1/wording/check", TEXT),
    ("POST /v1/templates/{template_id}/test-sends", {"client": CLIENT}),
    ("POST /v1/inbox/retry", {}),
    ("POST /v1/ledger/release", {}),
    ("POST /v1/ledger/reconciliation", {"since": "2026-11-20T00:00:00Z"}),
]


@pytest.mark.parametrize(("operation", "body"), NAMED_IN_BODIES)
def test_a_body_that_names_what_is_anothers_is_refused(two: TwoClients, operation: str, body: dict[str, Any]) -> None:
    method, path = operation.split()[0], path_in(two, operation)
    filled = {
        name: two.one(OF_ACME[value[1:-1]]) if isinstance(value, str) and value.startswith("{") else value
        for name, value in body.items()
    }
    answer = two.asks(method, path, json=filled)

    assert answer.status_code == 403, answer.text
    assert re.search("you do not work for|whoever works for all of them", answer.json()["detail"])


FILTERED = [
    "/v1/client-contacts", "/v1/incidents", "/v1/lead-events", "/v1/measures/delivery_rate", "/v1/outputs/delivery_status",
    "/v1/portal-posts", "/v1/reports", "/v1/rules", "/v1/runs",
]  # fmt: skip


@pytest.mark.parametrize("path", FILTERED)
def test_a_list_of_a_client_that_is_not_there_is_no_empty_list(two: TwoClients, path: str) -> None:
    assert two.asks("GET", path, "everybody", params={"client": "nobody-such"}).status_code in (404, 422)


@pytest.mark.parametrize("query", FILTERED)
def test_a_query_that_names_another_client_is_refused(two: TwoClients, query: str) -> None:
    assert two.asks("GET", query, params={"client": CLIENT}).status_code == 403


def test_what_concerns_several_clients_is_shown_without_the_others_and_changed_by_nobody_who_works_for_some(
    two: TwoClients,
) -> None:
    path = f"/v1/incidents/{two.both}"
    shown = two.asks("GET", path)

    assert [one["client"] for one in shown.json()["clients"]] == [OTHER]
    assert not [one for one in (*two.ids_of_acme(), *SAID) if one in shown.text]
    assert two.asks("POST", f"{path}/notes", json={"text": "mine"}).status_code == 403


def test_a_pause_of_a_provider_is_shown_and_resumed_by_nobody_who_works_for_some(two: TwoClients) -> None:
    [held] = [one for one in two.asks("GET", "/v1/pauses").json() if one["scope"] == "provider:ses"]

    assert held["name"] == "Amazon SES (email)"
    assert two.asks("POST", f"/v1/pauses/{held['id']}/preview", json={}).status_code == 403


@pytest.mark.parametrize("view", OutputView)
def test_no_output_holds_what_is_anothers(two: TwoClients, view: OutputView) -> None:
    shown = two.asks("GET", f"/v1/outputs/{view}", params={"every_run": True}).text

    assert not [one for one in (*two.ids_of_acme(), *SAID) if one in shown]


RESPONSIBLE: list[tuple[str, dict[str, Any], str]] = [
    ("POST /v1/outreach", ORDER, "owner"),
    ("POST /v1/review-requests", a_job(), "owner"),
    ("POST /v1/leads", LEAD, "owner"),
    ("PUT /v1/lead-sources/angi/acme", {"client": CLIENT, "sequence": "quote_request"}, "owner"),
    ("POST /v1/lead-events/{event_id}/completion", {}, "owner"),
    ("POST /v1/incidents", INCIDENT | {"title": "Down", "clients": [CLIENT]}, "owner"),
    ("POST /v1/incidents", INCIDENT | {"title": "Down", "clients": [CLIENT]}, "escalation_owner"),
]


@pytest.mark.parametrize(("operation", "body", "field"), RESPONSIBLE)
def test_nobody_is_made_responsible_for_a_client_for_which_they_do_not_work(
    two: TwoClients, operation: str, body: dict[str, Any], field: str
) -> None:
    named = body | {field: COLLEAGUE.handle}
    answer = two.asks(operation.split()[0], path_in(two, operation), "everybody", json=named)

    assert answer.status_code == 422, answer.text
    assert "does not work for the client" in answer.text
