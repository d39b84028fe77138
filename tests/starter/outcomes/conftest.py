"""A lead, and the CRM that tells what became of it, each in its own way and all of them alike."""

import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from deploy.local.players import disposition, hubspot_deals, salesforce_outbound
from deploy.local.players.request import Sent
from models.crm_settings import CrmProvider, CrmSettings
from models.database.handoffs import Handoffs
from models.settings import Settings
from tests.starter.conftest import PUBLIC, Api, OpenApi

NOW = time.time() - 3600
"""The hour in which everything happens."""
DEAL = "4711"
SECRETS = {
    "hubspot": "client-secret-of-the-app",
    "salesforce": "a-secret-in-the-address-1",
    "web_hook": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
}
SOURCES = {name: f"crm_{name}" for name in SECRETS}


def crm_settings(name: str) -> CrmSettings:
    own: dict[str, Any] = {"inbound_secrets": [SecretStr(SECRETS[name])]}
    if name != "hubspot":
        own["base_url"] = "https://crm.example.com/leads"
    if name == "salesforce":
        own |= {"client_id": "c", "client_secret": SecretStr("s"), "organisation_id": salesforce_outbound.ORGANISATION}
    if name == "web_hook":
        own["signing_secrets"] = [SecretStr(SECRETS[name])]
    return CrmSettings(provider=CrmProvider(name), **own)


class Desk:
    """The API with one CRM, one lead that was handed to it, and the run that did."""

    def __init__(self, api: Api, name: str, run: UUID, lead: UUID) -> None:
        self.api, self.name, self.run, self.lead = api, name, run, lead
        self.events = 0

    def booked(self, at: float, amount: str = "480.00") -> Sent:
        """The lead was booked `at` seconds into the hour."""
        match self.name:
            case "hubspot":
                return self._hubspot({"amount": amount, "dealstage": "closedwon"}, at)
            case "salesforce":
                return self._salesforce(at, IsClosed="true", IsWon="true", Amount=amount)
            case _:
                value = {"basis": "quoted", "currency": "USD", "amount_minor": round(float(amount) * 100)}
                evidence = {"kind": "crm_deal", "id": DEAL}
                return self._told(at, outcome="booked", evidence=evidence, value=value)

    def lost(self, at: float, reason: str = "Price too high") -> Sent:
        match self.name:
            case "hubspot":
                return self._hubspot({"closed_lost_reason": reason, "dealstage": "closedlost"}, at)
            case "salesforce":
                return self._salesforce(at, IsClosed="true", IsWon="false", Loss_Reason__c=reason)
            case _:
                evidence = {"kind": "crm_deal", "id": DEAL}
                return self._told(at, outcome="lost", evidence=evidence, lost_reason="price")

    async def takes(self, sent: Sent, path: str | None = None, **headers: str) -> httpx.Response:
        return await self.api.http.post(path or self.path, content=sent.body, headers=sent.headers | headers)

    async def takes_well(self, sent: Sent) -> None:
        answer = await self.takes(sent)
        assert answer.is_success, answer.text

    async def says(self, key: str = "k", by: str = "sales-ops", **body: Any) -> httpx.Response:
        return await self.api.post(f"/v1/leads/{self.lead}/outcome", body, by=by, **{"Idempotency-Key": key})

    @property
    def path(self) -> str:
        paths = {"hubspot": hubspot_deals.PATH, "web_hook": disposition.PATH}
        return paths.get(self.name, f"{salesforce_outbound.PATH}/{SECRETS['salesforce']}")

    @property
    def disposition(self) -> str:
        found: str = self.api.value("SELECT disposition FROM lead WHERE id = :id", id=self.lead)
        return found

    @property
    def values(self) -> list[tuple[Any, ...]]:
        """What counts: outcome, amount, whether its money counts."""
        return [tuple(row) for row in self.api.rows("SELECT outcome, amount_minor, counts FROM current_outcome")]

    def tasks(self, kind: str) -> list[Any]:
        return self.api.rows("SELECT * FROM owner_task WHERE kind = :kind AND closed_at IS NULL", kind=kind)

    def _hubspot(self, properties: dict[str, str], at: float) -> Sent:
        changes = [hubspot_deals.change(DEAL, name, value, NOW + at) for name, value in properties.items()]
        return hubspot_deals.sent(changes, SECRETS["hubspot"], PUBLIC)

    def _salesforce(self, at: float, **fields: str) -> Sent:
        self.events += 1
        record = salesforce_outbound.record(str(self.lead), NOW + at, **fields)
        return salesforce_outbound.sent(record, first_id=self.events)

    def _told(self, at: float, **outcome: Any) -> Sent:
        self.events += 1
        event = disposition.told(str(self.lead), NOW + at, **outcome)
        return disposition.sent(event, SECRETS["web_hook"], f"msg_{self.events}")


@pytest.fixture
def open_desk() -> Any:
    async def opened(api: Api, name: str) -> Desk:
        run = UUID(await api.started())
        handoffs = Handoffs(api.engine)
        prepared = handoffs.prepare(run)
        handoffs.accepted(prepared.handoff_id, "c1", DEAL, {})
        lead = api.value("SELECT lead_id FROM run WHERE id = :id", id=run)
        return Desk(api, name, run, lead)

    return opened


@pytest.fixture(params=list(SECRETS))
async def desk(
    request: pytest.FixtureRequest, open_api: OpenApi, settings: Settings, open_desk: Any
) -> AsyncIterator[Desk]:
    with_crm = settings.model_copy(update={"crm": crm_settings(request.param)})
    async with open_api(with_crm) as api:
        yield await open_desk(api, request.param)
