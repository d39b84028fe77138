"""An application on a fresh database with the shipped library, a client and staff of every role."""

import base64
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, text
from twilio.request_validator import RequestValidator

from activities.library import read_library
from models.database.engine import make_engine, transaction
from models.database.inbound.consuming import WaitingReports
from models.database.seeding import add_library, seed_staff
from models.provider_settings import TwilioSettings
from models.sealing import KeyRing
from models.settings import DatabaseSettings, KeySettings, Settings
from starter.app import create_app
from tests.conftest import _database as cloned
from tests.starter.builders import a_client, an_order

PUBLIC = "https://comms.example.com"
CURRENT, PREVIOUS = "current-token", "previous-token"

Furnished = tuple[str, dict[str, str]]
"""Name of a database to clone, with everything in it, and the API keys by handle."""


@pytest.fixture(scope="session")
def furnished(database_server: str, database_template: str) -> Iterator[Furnished]:
    with cloned(database_server, f"comms_furnished_{uuid4().hex[:8]}", database_template) as (name, url):
        engine = make_engine(DatabaseSettings(url=SecretStr(url)))
        with transaction(engine) as session:
            keys = seed_staff(session)
            add_library(session, read_library(), "engineer", approve_as="approver")
            session.add(a_client())
        engine.dispose()
        yield name, keys


@pytest.fixture
def furnished_url(database_server: str, furnished: Furnished) -> Iterator[str]:
    """Address of a copy of the furnished database, for applications that tests start themselves."""
    with cloned(database_server, f"comms_test_{uuid4().hex[:12]}", furnished[0]) as (_, url):
        yield url


@pytest.fixture
def settings(furnished_url: str) -> Settings:
    return Settings(
        _env_file=None,
        environment="local",
        public_base_url=PUBLIC,
        database=DatabaseSettings(url=SecretStr(furnished_url), pool_size=5, webhook_pool_size=4),
        keys=KeySettings(
            sealing={"k1": SecretStr(base64.b64encode(bytes(32)).decode())},
            sealing_active="k1",
            callback=SecretStr("callback-key"),
            approval=SecretStr("approval-key"),
        ),
        twilio=TwilioSettings(auth_tokens=[SecretStr(CURRENT), SecretStr(PREVIOUS)]),
    )


def signed(path: str, form: dict[str, str], token: str = CURRENT) -> dict[str, str]:
    """The header that Twilio sends with a form."""
    return {"X-Twilio-Signature": RequestValidator(token).compute_signature(PUBLIC + path, form)}


@dataclass
class Api:
    """A client of the application."""

    http: httpx.AsyncClient
    keys: dict[str, str]
    engine: Engine

    async def get(self, path: str, by: str = "sales-ops", **query: Any) -> httpx.Response:
        return await self.http.get(path, headers=self.shows(by), params=query)

    async def post(self, path: str, body: Any = None, by: str = "sales-ops", **headers: str) -> httpx.Response:
        return await self.http.post(path, json=body, headers=self.shows(by) | headers)

    async def delete(self, path: str, by: str = "sales-ops") -> httpx.Response:
        return await self.http.delete(path, headers=self.shows(by))

    async def start(self, body: dict[str, Any], key: str = "k", by: str = "sales-ops", **more: str) -> httpx.Response:
        return await self.post("/v1/outreach", body, by, **{"Idempotency-Key": key}, **more)

    async def started(self, **changes: Any) -> str:
        answer = await self.start(an_order(**changes), key=uuid4().hex)
        assert answer.status_code == 202, answer.text
        run_id: str = answer.json()["run_id"]
        return run_id

    async def web_hook(self, path: str, form: dict[str, str], token: str = CURRENT) -> httpx.Response:
        return await self.http.post(path, data=form, headers=signed(path, form, token))

    async def callback(self, token: str, form: dict[str, str]) -> httpx.Response:
        """Let Twilio report on an attempt, and the relay let it take effect."""
        answer = await self.web_hook(f"/webhooks/twilio/status/{token}", form)
        self.consume()
        return answer

    def consume(self) -> None:
        """Let stored reports take effect, as the relay does."""
        waiting = WaitingReports(self.engine, KeyRing({"k1": bytes(32)}, "k1"))
        for inbox_id in waiting.due():
            waiting.settle(inbox_id)

    def rows(self, query: str, **where: Any) -> list[Any]:
        with self.engine.connect() as connection:
            return list(connection.execute(text(query), where).all())

    def value(self, query: str, **where: Any) -> Any:
        return self.rows(query, **where)[0][0]

    def shows(self, by: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.keys.get(by, by)}"}


OpenApi = Callable[[Settings], AbstractAsyncContextManager[Api]]


@pytest.fixture
def open_api(furnished: Furnished) -> OpenApi:
    """Runs the application with given settings."""

    @asynccontextmanager
    async def opened(settings: Settings) -> AsyncIterator[Api]:
        app = create_app(settings)
        engine = make_engine(settings.database, pool_size=2)
        transport = httpx.ASGITransport(app)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://internal.invalid") as http,
        ):
            yield Api(http, furnished[1], engine)
        engine.dispose()

    return opened


@pytest.fixture
async def api(open_api: OpenApi, settings: Settings) -> AsyncIterator[Api]:
    async with open_api(settings) as opened:
        yield opened
