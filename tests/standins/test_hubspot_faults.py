from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.standins.hubspot_client import CONTACTS, DEALS, a_lead, an_input, crm_client
from tests.standins.program import Program


@pytest.fixture
async def crm(hubspot: Program) -> AsyncIterator[httpx.AsyncClient]:
    async with crm_client(hubspot) as client:
        yield client


@pytest.mark.parametrize(
    ("fault", "params", "status", "accepted"),
    [
        ("refuse", {"status": 403}, 403, False),
        ("rate_limit", {"retry_after": 3, "code": "DAILY"}, 429, False),
        ("error_before", {"status": 502}, 502, False),
        ("error_after", {}, 500, True),
        ("redirect", {}, 307, False),
        ("slow", {"seconds": 0.2}, 200, True),
        ("garbage", {}, 200, True),
        ("accept_then_hang", {"seconds": 2}, None, True),
        ("accept_then_reset", {}, None, True),
        ("reset_before", {}, None, False),
        ("half_answer", {}, 200, True),
    ],
)
async def test_a_fault_spoils_the_handing_over_of_one_lead(
    hubspot: Program, crm: httpx.AsyncClient, fault: str, params: dict[str, Any], status: int | None, accepted: bool
) -> None:
    lead = a_lead()
    await hubspot.spoil(fault, lead, operation="upsert_contacts", params=params, times=1)

    seen = await _status(crm, lead)

    line = (await hubspot.log("upsert_contacts"))[-1]
    assert (line["fault"], line["status"], line["accepted"]) == (fault, status, accepted)
    assert seen == (None if fault == "half_answer" else status)
    assert await hubspot.fired() == [1]
    read = await crm.get(f"{CONTACTS}/{lead}?idProperty=agency_lead_id")
    assert read.status_code == (200 if accepted else 404)


async def test_a_429_names_the_policy(hubspot: Program, crm: httpx.AsyncClient) -> None:
    await hubspot.spoil("rate_limit", params={"retry_after": 3, "code": "DAILY"}, operation="create_deals")

    response = await crm.post(DEALS, json={"properties": {"dealname": "Kitchen"}})

    assert (response.status_code, response.headers["Retry-After"], response.json()["policyName"]) == (429, "3", "DAILY")


async def _status(crm: httpx.AsyncClient, lead: str) -> int | None:
    try:
        return (await crm.post(f"{CONTACTS}/batch/upsert", json={"inputs": [an_input(lead)]})).status_code
    except httpx.TransportError:
        return None
