"""An application on a fresh database with the shipped library, a client and staff of every role."""

import base64
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text
from twilio.request_validator import RequestValidator

from activities.library import read_library
from models.database.engine import transaction
from models.database.seeding import add_library, seed_staff
from models.database.tables.people import Client
from models.settings import DatabaseSettings, KeySettings, Settings, TwilioSettings
from starter.app import create_app

PUBLIC = "https://comms.example.com"
CURRENT, PREVIOUS = "current-token", "previous-token"


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(
        _env_file=None,
        environment="local",
        public_base_url=PUBLIC,
        database=DatabaseSettings(url=SecretStr(database_url), pool_size=5, webhook_pool_size=4),
        keys=KeySettings(
            sealing={"k1": SecretStr(base64.b64encode(bytes(32)).decode())},
            sealing_active="k1",
            callback=SecretStr("callback-key"),
            approval=SecretStr("approval-key"),
        ),
        twilio=TwilioSettings(auth_tokens=[SecretStr(CURRENT), SecretStr(PREVIOUS)]),
    )


@pytest.fixture
def keys(engine: Engine) -> dict[str, str]:
    with transaction(engine) as session:
        found = seed_staff(session)
        add_library(session, read_library(), "engineer", approve_as="approver")
        session.add(Client(key="acme-plumbing", name="Acme Plumbing", time_zone="America/Denver"))
    return found


@dataclass
class Api:
    """A client of the application."""

    http: httpx.AsyncClient
    keys: dict[str, str]
    engine: Engine

    async def get(self, path: str, by: str = "sales-ops", **query: Any) -> httpx.Response:
        return await self.http.get(path, headers=self._shows(by), params=query)

    async def post(self, path: str, body: Any = None, by: str = "sales-ops", **headers: str) -> httpx.Response:
        return await self.http.post(path, json=body, headers=self._shows(by) | headers)

    async def start(self, body: dict[str, Any], key: str = "k", by: str = "sales-ops", **more: str) -> httpx.Response:
        return await self.post("/v1/outreach", body, by, **{"Idempotency-Key": key}, **more)

    async def started(self, **changes: Any) -> str:
        answer = await self.start(an_order(**changes), key=uuid4().hex)
        assert answer.status_code == 202, answer.text
        run_id: str = answer.json()["run_id"]
        return run_id

    async def web_hook(self, path: str, form: dict[str, str], token: str = CURRENT) -> httpx.Response:
        signature = RequestValidator(token).compute_signature(PUBLIC + path, form)
        return await self.http.post(path, data=form, headers={"X-Twilio-Signature": signature})

    def rows(self, query: str, **where: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), where).all())

    def value(self, query: str, **where: Any) -> Any:
        return self.rows(query, **where)[0][0]

    def _shows(self, by: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys.get(by, by)}"}


@pytest.fixture
def open_api(engine: Engine, keys: dict[str, str]) -> Callable[[Settings], Any]:
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Api]:
        app = create_app(settings)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://internal.invalid") as http,
        ):
            yield Api(http, keys, engine)

    return opened


@pytest.fixture
async def api(open_api: Callable[[Settings], Any], settings: Settings) -> AsyncIterator[Api]:
    async with open_api(settings) as opened:
        yield opened


def an_order(**changes: Any) -> dict[str, Any]:
    """A start request; `lead` changes single fields of the lead."""
    lead = {
        "source": "missed_call",
        "source_lead_id": "call-1",
        "first_name": "Zephyrine",
        "phone": "(303) 555-0123",
        "postal_code": "80202",
        "occurred_at": "2026-11-20T18:00:00-07:00",
    }
    lead |= changes.pop("lead", {})
    return {"client": "acme-plumbing", "sequence": "missed_call", "lead": lead} | changes
