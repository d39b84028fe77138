"""A client with somebody who reads the portal, and another client beside it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine

from models.database import client_contacts
from models.database.engine import transaction
from models.database.events import Origin
from models.database.portal import links
from models.database.tables.people import Client, ClientContact
from tests.database.portal.desk import PostDesk
from tests.starter.builders import an_order
from tests.starter.conftest import Api

KEY = b"callback-key"
STAFF = Origin("api", "sales-ops")
REVIEWERS = (Origin("api", "approver"), Origin("api", "privacy-reviewer"))
BROWSER = {
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
}


@dataclass
class Reader:
    """Somebody at a client, with a browser and a link."""

    api: Api
    contact: UUID
    link: str = ""
    headers: dict[str, str] = field(default_factory=lambda: dict(BROWSER))

    async def get(self, path: str = "", **more: Any) -> httpx.Response:
        return await self.api.http.get(f"{self.link}{path}", headers=self.headers, follow_redirects=True, **more)

    async def post(self, path: str, form: dict[str, Any] | None = None) -> httpx.Response:
        return await self.api.http.post(f"{self.link}{path}", data=form, headers=self.headers)


def a_reader(api: Api, client: UUID, email: str, post: UUID | None = None) -> Reader:
    """Enter somebody who receives reports, and give them a link."""
    contact = ClientContact(client_id=client, name="Pat Owner", email=email, receives=["reports"])
    with transaction(api.engine) as session:
        entered = client_contacts.enter(session, contact, "agreement/2026-04", STAFF).id
    return Reader(api, entered, a_link(api.engine, entered, post))


def a_link(engine: Engine, contact: UUID, post: UUID | None = None, lasts: timedelta = timedelta(days=90)) -> str:
    with transaction(engine) as session:
        return links.issue(session, contact, post, KEY, lasts)


@pytest.fixture
async def desk(api: Api) -> PostDesk:
    run = UUID(await api.started())
    client = api.value("SELECT id FROM client WHERE key = 'acme-plumbing'")
    return PostDesk(api.engine, client, run, REVIEWERS)


@pytest.fixture
async def reader(api: Api, desk: PostDesk) -> Reader:
    return a_reader(api, desk.client, "pat@acme.example")


@pytest.fixture
async def other(api: Api) -> PostDesk:
    """The desk of another client."""
    with transaction(api.engine) as session:
        client = Client(key="bramble", name="Bramble Roofing", phone="+13035550177", postal_address="2 Main St, Denver")
        session.add(client)
        session.flush()
        identity = client.id
    run = UUID(
        await api.started(**an_order(client="bramble", lead={"source_lead_id": "b-1", "phone": "(303) 555-0171"}))
    )
    return PostDesk(api.engine, identity, run, REVIEWERS)
