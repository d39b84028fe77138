"""An approver's browser, and what an attempt to approve may leave behind."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from models.database import staff_sessions
from models.database.engine import transaction
from models.database.permission import approval_codes, approval_links, approvals
from models.database.staff_sessions import Way
from models.database.tables.approvals import Approval
from models.database.tables.people import Staff
from starter.signed_in import csrf_token
from tests.starter.conftest import Api

COOKIE = "__Host-comms"
KEY = b"approval-key"


@dataclass
class Desk:
    """One run that waits for approval, and the browsers of the staff."""

    api: Api
    run_id: UUID

    @property
    def approval(self) -> Approval:
        with transaction(self.api.engine) as session:
            found = approvals.of_run(session, self.run_id)
            assert found is not None
            return found

    def link(self, to: str = "approver", lasts: timedelta = timedelta(hours=1), approval_id: UUID | None = None) -> str:
        with transaction(self.api.engine) as session:
            approval = session.get_one(Approval, approval_id or self.approval.id)
            return f"/a/{approval_links.issue_link(session, approval, to, lasts)}"

    def code(self, of: UUID | None = None, to: str = "approver") -> str:
        with transaction(self.api.engine) as session:
            approval = session.get_one(Approval, of or self.approval.id)
            return approval_codes.issue_code(session, approval, to, KEY, timedelta(hours=1))

    async def signs_in(self, who: str) -> str:
        """Return the cookie of a new session."""
        return session_of(self.api, who)

    async def open(self, link: str, cookie: str = "", method: str = "GET") -> httpx.Response:
        return await self.api.http.request(method, link, headers=shows(cookie))

    async def press(self, link: str, cookie: str = "", decision: str = "approve", **changes: str) -> httpx.Response:
        form = {"csrf": csrf_of(cookie), "decision": decision, "have_read": "yes"} | changes
        return await self.api.http.post(link, data=form, headers=shows(cookie))

    def run(self, statement: str, **values: Any) -> None:
        with self.api.engine.begin() as connection:
            connection.execute(text(statement), values)

    @property
    def refusals(self) -> list[str]:
        return [row[0] for row in self.api.rows("SELECT reason FROM event WHERE kind = 'approval_refused' ORDER BY id")]

    @property
    def is_untouched(self) -> bool:
        """Whether nothing has been decided and nothing may leave."""
        decided = self.api.value("SELECT count(*) FROM decision WHERE channel <> 'command'")
        return decided == 0 and self.api.value("SELECT bool_and(state = 'planned') FROM message") is True


def session_of(api: Api, who: str) -> str:
    """Return the cookie of a new session, as if they had just signed in at the identity provider."""
    with transaction(api.engine) as session:
        return staff_sessions.begin(session, session.get_one(Staff, who), timedelta(hours=1), Way.EMAIL)


def shows(cookie: str) -> dict[str, str]:
    return {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}


def csrf_of(cookie: str) -> str:
    return csrf_token(KEY, cookie)
