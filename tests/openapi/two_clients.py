"""Two clients with something of every kind each, and a colleague who has every role and works for the second only."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text
from sqlmodel import SQLModel

from models.database.engine import transaction
from models.database.handoffs import Handoffs
from models.database.seeding import StaffMember, seed_staff
from models.database.tables.people import Client, Staff
from models.digests.periods import Cadence, last_closed
from models.terms import Role
from tests.browser.steered import Digests
from tests.openapi.stocked import CLIENT, Stocked
from tests.starter.builders import SHOWN, an_order
from tests.starter.test_review_requests import LOCATION, PLACE, a_job

OTHER = "other-roofing"
COLLEAGUE = StaffMember("colleague", tuple(Role))
PAT = {"name": "Pat Owner", "email": "pat.owner@acme.example", "evidence": "agreement/1"}
RULE = {
    "kind": "hours", "jurisdiction": "client", "value": {"daily": "10:00-16:00"}, "valid_from": "2026-11-01",
    "source": "the client", "reach": "everything",
}  # fmt: skip
AUDITED = {"clean": False, "totals": {}, "providers": [], "until": None}
INCIDENT = {"severity": "minor", "reason": "provider_down", "touches": []}


class TwoClients:
    """The served application of `stocked`, filled up; `asks` goes as the colleague, `sees` as somebody who works for all."""

    def __init__(self, stocked: Stocked) -> None:
        self.stocked = stocked
        with transaction(stocked.engine) as session:
            other = Client(
                key=OTHER, name="Other Roofing", phone=SHOWN["phone"], postal_address=SHOWN["postal_address"]
            )
            session.add(other)
            stocked.keys |= seed_staff(session, [COLLEAGUE])
            session.get_one(Staff, COLLEAGUE.handle).clients = [other.id]
        with stocked.engine.connect() as connection:
            self.acme = connection.execute(text("SELECT id FROM client WHERE key = :key"), {"key": CLIENT}).scalar_one()
        self._fill_up()
        self.both = self._incident("Everything is down", [CLIENT, OTHER])
        self._made("/v1/outreach", an_order(client=OTHER))
        self._made("/v1/pauses", {"scope": "client", "client": OTHER, "reason": "because"})

    def asks(self, method: str, path: str, by: str = COLLEAGUE.handle, **given: Any) -> Any:
        headers = self._key(by) | {"Idempotency-Key": uuid4().hex}
        return self.stocked.http.request(method, path, headers=headers, **given)

    def sees(self, path: str, **given: Any) -> Any:
        return self.stocked.http.get(path, headers=self._key("everybody"), **given)

    def ids_of_acme(self) -> set[str]:
        """Return the ids of every row of the first client, in every table."""
        found = {str(self.acme)}
        with self.stocked.engine.connect() as connection:
            for table in SQLModel.metadata.sorted_tables:
                if "client_id" in table.c and "id" in table.c and "INT" not in str(table.c.id.type):
                    query = text(f'SELECT id FROM "{table.name}" WHERE client_id = :acme')
                    found |= {str(row) for row in connection.execute(query, {"acme": self.acme}).scalars()}
        return found

    def one(self, query: str) -> str:
        with self.stocked.engine.connect() as connection:
            return str(connection.execute(text(query), {"acme": self.acme}).scalars().first())

    def _fill_up(self) -> None:
        self._made(LOCATION, PLACE, "PUT")
        self._made("/v1/review-requests", a_job())
        digests = Digests(self.stocked)
        digests.published(last_closed(Cadence.MONTHLY, "America/Denver", datetime.now(UTC)))
        self._made(f"/v1/reports/{digests.report}/notes", {"body": "They move in May."})
        contact = self._made("/v1/client-contacts", PAT | {"client": CLIENT})["id"]
        self._made(f"/v1/client-contacts/{contact}/portal-links", {})
        self._made(f"/v1/clients/{CLIENT}/marks", {"kind": "domain", "value": "acmeplumbing.example"})
        self._made("/v1/rules", RULE | {"client": CLIENT})
        self._incident("Acme is down", [CLIENT])
        run = self.one("SELECT id FROM run WHERE client_id = :acme AND kind = 'outreach' ORDER BY requested_at")
        handoffs = Handoffs(self.stocked.engine)
        handoffs.given_to_person(handoffs.prepare(UUID(run)).handoff_id, "HubSpot answered 403 FORBIDDEN")
        report = AUDITED | {"findings": [{"invariant": "I1", "sentence": "Once.", "bad": 1, "examples": [run]}]}
        with self.stocked.engine.begin() as connection:
            audited = text("UPDATE inquiry SET finished_at = clock_timestamp(), report = :report WHERE kind = 'audit'")
            connection.execute(audited, {"report": json.dumps(report)})

    def _incident(self, title: str, clients: list[str]) -> str:
        made: str = self._made("/v1/incidents", INCIDENT | {"title": title, "clients": clients})["id"]
        return made

    def _made(self, path: str, body: dict[str, Any], method: str = "POST") -> Any:
        headers = self._key("everybody") | {"Idempotency-Key": uuid4().hex}
        answer = self.stocked.http.request(method, path, json=body, headers=headers)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()

    def _key(self, handle: str) -> dict[str, str]:
        return self.stocked.shows(handle)
