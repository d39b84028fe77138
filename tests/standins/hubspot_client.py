"""A client of the stand-in for HubSpot; and lead ids no other test uses."""

import itertools
from typing import Any

import httpx

from tests.standins.program import Program

CONTACTS = "/crm/v3/objects/contacts"
DEALS = "/crm/v3/objects/deals"
_numbers = itertools.count(1)


def crm_client(program: Program, token: str = "the-token") -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=program.base_url, headers={"Authorization": f"Bearer {token}"}, timeout=1)


def a_lead() -> str:
    return f"lead-{next(_numbers)}"


def an_input(lead: str, **properties: str) -> dict[str, Any]:
    return {"id": lead, "idProperty": "agency_lead_id", "properties": properties}


async def upsert(crm: httpx.AsyncClient, lead: str, path: str = CONTACTS, **properties: str) -> dict[str, Any]:
    response = await crm.post(f"{path}/batch/upsert", json={"inputs": [an_input(lead, **properties)]})
    record: dict[str, Any] = response.raise_for_status().json()["results"][0]
    return record
