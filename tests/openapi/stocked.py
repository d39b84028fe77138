"""Rows behind every path of the API: runs that wait, a message in doubt, a stranger's text, an incomplete lead, pauses."""

from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import Engine, text

from tests.starter.builders import an_order, claimed, inbound, plan
from tests.starter.conftest import signed

CLIENT = "acme-plumbing"
STRANGER = "+13035550177"

NEWEST = {
    "approval_id": "SELECT id FROM approval WHERE subject = 'run'",
    "run_id": "SELECT id FROM run",
    "message_id": "SELECT id FROM message",
    "lead_id": "SELECT id FROM lead",
    "event_id": "SELECT id FROM lead_event",
    "inbox_id": "SELECT id FROM inbox",
    "task_id": "SELECT id FROM owner_task WHERE closed_at IS NULL",
    "pause_id": "SELECT id FROM pause",
    "audit_id": "SELECT id FROM inquiry",
    "inquiry_id": "SELECT id FROM inquiry",
    "rule_id": "SELECT id FROM sending_rule",
    "template_id": "SELECT id FROM template",
}
"""Of each path parameter: what it may name."""


class Stocked:
    """The served application, the keys of its staff, and ids that exist."""

    def __init__(self, url: str, keys: dict[str, str], engine: Engine) -> None:
        self.url = url
        self.keys = keys
        self.engine = engine
        self.http = httpx.Client(base_url=url, timeout=30)
        self._bring_leads()
        self._write_and_answer()
        self._hold()

    def shows(self, by: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys[by]}"}

    def named(self, parameter: str) -> list[str]:
        """Return what exists under the name of a path parameter."""
        return [str(row[0]) for row in self._rows(NEWEST[parameter])] if parameter in NEWEST else []

    def _asked(self, method: str, path: str, body: dict[str, Any], **headers: str) -> Any:
        answer = self.http.request(method, path, json=body, headers=self.shows("everybody") | headers)
        assert answer.is_success, answer.text
        return answer.json()

    def _bring_leads(self) -> None:
        for number in range(1, 6):
            lead = {"source_lead_id": f"call-{number}", "phone": f"+1303555012{number}", "first_name": "Zephyrine"}
            sequence = "web_lead" if number > 3 else "missed_call"
            self._asked(
                "POST", "/v1/outreach", an_order(sequence=sequence, lead=lead), **{"Idempotency-Key": str(number)}
            )
        incomplete = {"client": CLIENT, "sequence": "quote_request", "source": "web_form", "source_lead_id": "w-1"}
        self._asked("POST", "/v1/leads", incomplete, **{"Idempotency-Key": "w-1"})
        account = {"client": CLIENT, "sequence": "quote_request", "response_window": "P1D"}
        self._asked("PUT", "/v1/lead-sources/angi/acme", account)

    def _write_and_answer(self) -> None:
        runs = [UUID(run) for run in self.named("run_id")]
        for run in runs:
            plan(self.engine, run)
        claimed(self.engine, runs[0], occurrence=2)
        with self.engine.begin() as connection:
            connection.execute(text("UPDATE message SET state = 'escalated', next_check_at = NULL WHERE fence = 1"))
            connection.execute(text("UPDATE attempt SET outcome = 'unknown'"))
        for number, (sender, said) in enumerate([(STRANGER, "Who is this?"), ("+13035550122", "maybe stop it")]):
            form = inbound(said, f"SM{number:032d}", From=sender)
            path = "/webhooks/twilio/inbound"
            assert self.http.post(path, data=form, headers=signed(path, form)).is_success

    def _hold(self) -> None:
        for scope in ({"scope": "client", "client": CLIENT}, {"scope": "provider", "provider": "ses"}):
            self._asked("POST", "/v1/pauses", scope | {"paused": True, "reason": "because"})
        self._asked("POST", "/v1/audits", {})
        self._asked("POST", "/v1/ledger/reconciliation", {"since": "2026-11-20T00:00:00Z"})

    def _rows(self, query: str) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(f"{query} ORDER BY 1")).all())
