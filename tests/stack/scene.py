"""A whole stack with its people, and what a test wants to know of it."""

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from deploy.local.demo.__main__ import SETTINGS as SHORT_TIMERS
from deploy.local.office import Office
from deploy.local.stack import LocalStack
from models.audit import AuditReport, log_files, read_record
from models.database.audit import audit
from models.database.engine import make_engine
from models.patience_settings import TimerSettings
from models.settings import DatabaseSettings

LIBRARY = Path(__file__).parent / "library.yaml"
SETTINGS = {
    **SHORT_TIMERS,
    "COMMS_CRM__REQUEST_TIMEOUT": "PT2S",
    "COMMS_GOOGLE_BUSINESS__EVERY": "PT1S",
    "COMMS_GOOGLE_BUSINESS__PATIENCE": "PT1S",
}
CLIENT = {
    "key": "stack-plumbing",
    "name": "Stack Plumbing",
    "time_zone": "America/Denver",
    "phone": "+13035550100",
    "postal_address": "12 Canal Street, Denver, CO 80202",
}
SENDING = {"sms": "create_message", "email": "send_email"}
STANDINS = {"sms": "twilio", "email": "ses"}

Run = dict[str, Any]
OwnSettings = dict[str, Mapping[str, str]]
"""Settings of single parts, by the part's name; taken over when it starts."""


@dataclass(frozen=True)
class Lead:
    """Somebody fictitious. `first_name` is also the local part of the mailbox."""

    first_name: str
    phone: str
    sequence: str
    client: str = CLIENT["key"]
    last_name: str = ""
    service_type: str = "a leaking tap"

    @property
    def name(self) -> str:
        return self.first_name

    @property
    def email(self) -> str:
        return f"{self.first_name.lower()}@example.com"

    def order(self) -> dict[str, Any]:
        """The body of the start request."""
        return {
            "client": self.client,
            "sequence": self.sequence,
            "lead": {
                "source": "missed_call",
                "source_lead_id": f"stack-{self.first_name.lower()}",
                "first_name": self.first_name,
                "last_name": self.last_name,
                "phone": self.phone,
                "email": self.email,
                "postal_code": "80202",
                "service_type": self.service_type,
            },
            "consent": [{"channel": "email", "kind": "conversational", "source": "web_form", "evidence": "form/1"}],
        }


@dataclass(frozen=True)
class Scene:
    """A running stack and the people who use it."""

    stack: LocalStack
    office: Office
    own: OwnSettings = field(default_factory=dict)

    @property
    def database(self) -> str:
        return database_of(self.stack)

    @asynccontextmanager
    async def with_own_settings(self, part: str, settings: Mapping[str, str]) -> AsyncIterator[None]:
        """Run a part with settings of its own for a while."""
        self.own[part] = settings
        await self._restart(part)
        try:
            yield
        finally:
            del self.own[part]
            await self._restart(part)

    @asynccontextmanager
    async def without(self, part: str) -> AsyncIterator[None]:
        """`kill -9` a part, and start it again at the end of the block."""
        await self.stack.kill(part)
        try:
            yield
        finally:
            await self.stack.start(part)

    async def _restart(self, part: str) -> None:
        await self.stack.stop(part)
        await self.stack.start(part)

    def password_of(self, handle: str) -> str:
        """What a member of staff signs in with."""
        return str(json.loads(self.stack.site.passwords.read_text())[handle])

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query over the service's tables returns."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            return connection.execute(query.encode(), values).fetchall()

    async def calls(self, channel: str, address: str) -> list[dict[str, Any]]:
        """The requests to send that the provider received for an address, accepted or not."""
        hashed = hashlib.sha256(address.encode()).hexdigest()
        log = await asyncio.to_thread(log_lines, self.stack.state, STANDINS[channel])
        return [line for line in log if line["to_sha256"] == hashed and line["operation"] == SENDING[channel]]

    async def until_closed(self, run_ids: Collection[str], seconds: float = 60) -> list[Run]:
        """Wait until every run has ended; return them in the same order. What is still open at the end fails the test."""
        query = """
            SELECT r.state, l.first_name, array_agg(m.step || ' ' || m.state || ' ' || coalesce(m.reason, ''))
            FROM run r LEFT JOIN lead l ON l.id = r.lead_id LEFT JOIN message m ON m.run_id = r.id
            WHERE r.id = ANY(%s::uuid[]) AND r.closed_at IS NULL GROUP BY r.id, l.first_name
        """
        deadline = time.monotonic() + seconds
        while still_open := await asyncio.to_thread(self.rows, query, list(run_ids)):
            assert time.monotonic() < deadline, still_open
            await asyncio.sleep(0.3)
        return [await self.office.run(run_id) for run_id in run_ids]

    def audited(self) -> AuditReport:
        """Compare the rows with the providers' own logs. Only when nothing is being sent."""
        return audit_of(self.stack)


def audit_of(stack: LocalStack, timers: TimerSettings | None = None) -> AuditReport:
    """Compare a stack's rows with the providers' own logs, by the usual timers or by those that it runs with."""
    given = {name: stack.environment[f"COMMS_DATABASE__{name.upper()}"] for name in ("url", "decision_key")}
    engine = make_engine(DatabaseSettings.model_validate(given))
    try:
        return audit(engine, read_record(log_files([stack.state])), timers or TimerSettings())
    finally:
        engine.dispose()


def database_of(stack: LocalStack) -> str:
    """The address of a stack's database, as libpq wants it."""
    return stack.environment["COMMS_DATABASE__URL"].replace("+psycopg", "")


def log_lines(state: Path, standin: str) -> list[dict[str, Any]]:
    """The request log of one stand-in."""
    file = state / standin / f"{standin}.requests.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


async def until(met: Callable[[], Awaitable[bool]], seconds: float = 20) -> None:
    """Wait until something is so; fail if it does not become so in time."""
    async with asyncio.timeout(seconds):
        while not await met():
            await asyncio.sleep(0.2)


def kinds(run: Run) -> list[str]:
    """The kinds of everything that happened to a run, in order."""
    return [event["kind"] for event in run["timeline"]]


def message(run: Run, step: str, occurrence: int = 1) -> dict[str, Any]:
    """One message of a run."""
    found: Iterable[dict[str, Any]] = (m for m in run["messages"] if (m["step"], m["occurrence"]) == (step, occurrence))
    return next(iter(found))
