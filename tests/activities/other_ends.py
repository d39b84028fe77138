"""The CRMs at the other end, as programs: what a person sees and does there, said alike for each of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import httpx
from pydantic import SecretStr

from activities.crm_ports import Crm
from activities.providers.hubspot import HubSpot
from activities.providers.salesforce import Salesforce
from activities.providers.standard_web_hook import StandardWebHook
from models.crm_settings import CrmProvider, CrmSettings
from tests.standins.program import Program, running

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
QUICK = timedelta(seconds=1)


class OtherEnd(Protocol):
    crm: Crm
    program: Program
    write: str
    """The operation that hands a lead over, and the one that takes it back."""
    undo: str

    async def standing(self, key: str) -> list[str]: ...
    async def change(self, key: str) -> None: ...


class HubSpotEnd:
    write, undo = "upsert_contacts", "archive_deals"
    options = ("--token", "the-token")

    def __init__(self, program: Program) -> None:
        self.program = program
        settings = CrmSettings(base_url=program.base_url, token=SecretStr("the-token"), request_timeout=QUICK)
        self.crm = HubSpot(settings)
        self._desk = httpx.AsyncClient(base_url=program.base_url, headers={"Authorization": "Bearer the-token"})

    async def contact(self, key: str) -> dict[str, Any]:
        [found] = await self._found("contacts", key)
        return {name: value for name, value in found["properties"].items() if value}

    async def standing(self, key: str) -> list[str]:
        return ["live" for kind in ("contacts", "deals") for _ in await self._found(kind, key)]

    async def create(self, key: str, **fields: str) -> None:
        self.crm.find(key)  # sets our own property up
        for kind, own in (("contacts", fields), ("deals", {"dealname": "Old"})):
            body = {"properties": {"agency_lead_id": key, **own}}
            (await self._desk.post(f"/crm/v3/objects/{kind}", json=body)).raise_for_status()

    async def change(self, key: str) -> None:
        [found] = await self._found("contacts", key)
        body = {"properties": {"phone": "+13035550177"}}
        (await self._desk.patch(f"/crm/v3/objects/contacts/{found['id']}", json=body)).raise_for_status()

    async def _found(self, kind: str, key: str) -> list[dict[str, Any]]:
        named = {"propertyName": "agency_lead_id", "operator": "EQ", "value": key}
        wanted = ["firstname", "lastname", "phone", "email"]
        asked = {"filters": [named], "properties": wanted}
        answer = await self._desk.post(f"/crm/v3/objects/{kind}/search", json=asked)
        results: list[dict[str, Any]] = answer.raise_for_status().json()["results"]
        return results


class SalesforceEnd:
    write, undo = "upsert_lead", "composite"
    options = ("--client-secret", "the-secret")

    def __init__(self, program: Program) -> None:
        self.program = program
        self.crm = Salesforce(self.settings())

    def settings(self, secret: str = "the-secret") -> CrmSettings:
        return CrmSettings(
            provider=CrmProvider.SALESFORCE,
            base_url=self.program.base_url,
            client_id="local-client",
            client_secret=SecretStr(secret),
            request_timeout=QUICK,
        )

    async def contact(self, key: str) -> dict[str, Any]:
        [found] = await self._found(key)
        names = {"FirstName": "firstname", "LastName": "lastname", "Phone": "phone", "Email": "email"}
        return {small: found[name] for name, small in names.items() if name in found}

    async def standing(self, key: str) -> list[str]:
        """Return how each lead stands; a void one needs a task."""
        tasks = [task["WhoId"] for task in (await self.program.control.get("/records/Task")).json()]
        return [
            "void" if lead["Agency_Handoff__c"] == "voided" and tasks.count(lead["Id"]) == 1 else "live"
            for lead in await self._found(key)
        ]

    async def create(self, key: str, **fields: str) -> None:
        own = {"LastName": fields.get("lastname", "Old"), "Company": "Old", "FirstName": fields["firstname"]}
        lead = {"Agency_Lead_Id__c": key, **own}
        (await self.program.control.post("/records/Lead", json=lead)).raise_for_status()

    async def change(self, key: str) -> None:
        [found] = await self._found(key)
        answer = await self.program.control.patch(f"/records/Lead/{found['Id']}", json={"Phone": "+13035550177"})
        answer.raise_for_status()

    async def _found(self, key: str) -> list[dict[str, Any]]:
        leads = (await self.program.control.get("/records/Lead")).json()
        return [lead for lead in leads if lead.get("Agency_Lead_Id__c") == key]


class WebHookEnd:
    write, undo = "lead.handed_off", "lead.handoff_voided"
    options = ("--secret", SECRET)

    def __init__(self, program: Program) -> None:
        self.program = program
        self.crm = StandardWebHook(self.settings())

    def settings(self, *secrets: str) -> CrmSettings:
        return CrmSettings(
            provider=CrmProvider.WEB_HOOK,
            base_url=f"{self.program.base_url}/leads",
            signing_secrets=[SecretStr(secret) for secret in secrets or (SECRET,)],
            permits_loopback=True,
        )

    async def standing(self, key: str) -> list[str]:
        lead = (await self.program.control.get("/leads")).json().get(key)
        return [{"voided": "void"}.get(lead["state"], "live")] if lead else []

    async def change(self, key: str) -> None:
        (await self.program.control.post(f"/leads/{key}/take")).raise_for_status()


ENDS: dict[str, type[HubSpotEnd | SalesforceEnd | WebHookEnd]] = {
    "hubspot": HubSpotEnd,
    "salesforce": SalesforceEnd,
    "web_hook": WebHookEnd,
}


@asynccontextmanager
async def other_end(name: str, state: Path) -> AsyncIterator[Any]:
    end = ENDS[name]
    async with running(name, state, *end.options) as program:
        yield end(program)
