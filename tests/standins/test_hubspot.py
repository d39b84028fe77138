from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from deploy.local.standins.kit.request_log import sha256_of
from tests.standins.conftest import hubspot_options
from tests.standins.hubspot_client import CONTACTS, DEALS, a_lead, an_input, crm_client, upsert
from tests.standins.program import Program, running


@pytest.fixture
async def crm(hubspot: Program) -> AsyncIterator[httpx.AsyncClient]:
    async with crm_client(hubspot) as client:
        yield client


async def test_an_upsert_creates_once_and_then_updates(crm: httpx.AsyncClient) -> None:
    lead = a_lead()
    first = await upsert(crm, lead, firstname="Ada", phone="+13035550123")
    second = await upsert(crm, lead, lastname="Byron")

    assert (first["new"], second["new"]) == (True, False)
    assert first["id"] == second["id"]
    assert second["updatedAt"] > first["updatedAt"]
    read = (await crm.get(f"{CONTACTS}/{lead}?idProperty=agency_lead_id&properties=lastname,phone,city")).json()
    wanted = {"lastname": "Byron", "phone": "+13035550123", "city": None}
    assert read["properties"].items() >= wanted.items()
    assert "firstname" not in read["properties"]


async def test_a_batch_does_what_it_can_and_reports_the_rest(crm: httpx.AsyncClient) -> None:
    good, bad = a_lead(), a_lead()
    response = await crm.post(
        f"{CONTACTS}/batch/upsert", json={"inputs": [an_input(good, city="Denver"), an_input(bad, shoe_size="12")]}
    )

    body = response.json()
    assert (response.status_code, body["numErrors"], len(body["results"])) == (207, 1, 1)
    assert body["errors"][0]["context"]["ids"] == [bad]
    assert "PROPERTY_DOESNT_EXIST" in body["errors"][0]["message"]


@pytest.mark.parametrize(
    ("properties", "error"),
    [
        ({"shoe_size": "12"}, "PROPERTY_DOESNT_EXIST"),
        ({"createdate": "2026-01-01"}, "READ_ONLY_VALUE"),
        ({"email": "nobody"}, "INVALID_EMAIL"),
    ],
)
async def test_properties_are_checked(crm: httpx.AsyncClient, properties: dict[str, str], error: str) -> None:
    response = await crm.post(CONTACTS, json={"properties": properties})

    assert (response.status_code, response.json()["category"]) == (400, "VALIDATION_ERROR")
    assert error in response.json()["message"]


@pytest.mark.parametrize("name", ["email", "agency_lead_id"])
async def test_a_value_that_must_be_unique_is_refused_the_second_time(crm: httpx.AsyncClient, name: str) -> None:
    value = f"{a_lead()}@example.com"
    first = await crm.post(CONTACTS, json={"properties": {name: value}})
    second = await crm.post(CONTACTS, json={"properties": {name: value}})

    assert (first.status_code, second.status_code) == (201, 409)
    assert second.json()["category"] == "CONFLICT"
    assert first.json()["id"] in second.json()["message"]


async def test_an_archived_record_is_gone_but_can_be_looked_at_and_frees_its_key(crm: httpx.AsyncClient) -> None:
    lead = a_lead()
    record = await upsert(crm, lead)

    assert (await crm.delete(f"{CONTACTS}/{record['id']}")).status_code == 204
    assert (await crm.delete(f"{CONTACTS}/{record['id']}")).status_code == 204
    gone = await crm.get(f"{CONTACTS}/{record['id']}")
    assert (gone.status_code, gone.json()["category"]) == (404, "OBJECT_NOT_FOUND")
    assert (await crm.patch(f"{CONTACTS}/{record['id']}", json={"properties": {"city": "Denver"}})).status_code == 404
    archived = (await crm.get(f"{CONTACTS}/{record['id']}?archived=true")).json()
    assert archived["archived"] is True
    assert "archivedAt" in archived
    assert (await upsert(crm, lead))["new"] is True


async def test_a_patch_by_own_key_changes_and_empties_properties(crm: httpx.AsyncClient) -> None:
    lead = a_lead()
    await upsert(crm, lead, city="Denver", state="CO")

    address = f"{CONTACTS}/{lead}?idProperty=agency_lead_id"
    patched = await crm.patch(address, json={"properties": {"city": "", "zip": "80202"}})

    assert patched.status_code == 200
    read = (await crm.get(f"{address}&properties=city,state,zip")).json()["properties"]
    assert (read["city"], read["state"], read["zip"]) == (None, "CO", "80202")


async def test_a_deal_is_associated_with_its_contact(crm: httpx.AsyncClient) -> None:
    lead = a_lead()
    contact, deal = await upsert(crm, lead), await upsert(crm, lead, DEALS, dealname="Kitchen", dealstage="new")

    address = f"/crm/v4/objects/deals/{deal['id']}/associations"
    response = await crm.put(f"{address}/default/contacts/{contact['id']}")

    assert response.json()["results"][0]["associationSpec"]["associationTypeId"] == 3
    linked = (await crm.get(f"{address}/contacts")).json()["results"]
    assert [each["toObjectId"] for each in linked] == [int(contact["id"])]
    old_way = f"{DEALS}/{deal['id']}/associations/contacts/{contact['id']}/deal_to_contact"
    assert (await crm.put(old_way)).status_code == 200
    inline = {"to": {"id": contact["id"]}, "types": [{"associationTypeId": 3}]}
    created = await crm.post(DEALS, json={"properties": {"dealname": "Bath"}, "associations": [inline]})
    assert created.status_code == 201
    deals = (await crm.get(f"/crm/v4/objects/contacts/{contact['id']}/associations/deals")).json()["results"]
    assert [each["toObjectId"] for each in deals] == [int(deal["id"]), int(created.json()["id"])]


async def test_a_search_finds_by_own_property(crm: httpx.AsyncClient) -> None:
    leads = [a_lead() for _ in range(3)]
    for lead in leads:
        await upsert(crm, lead, city=f"Town of {leads[0]}")
    condition = {"propertyName": "city", "operator": "EQ", "value": f"Town of {leads[0]}"}
    asked = {
        "filterGroups": [{"filters": [condition]}],
        "properties": ["agency_lead_id"],
        "sorts": [{"propertyName": "agency_lead_id", "direction": "DESCENDING"}],
        "limit": 2,
    }

    first = (await crm.post(f"{CONTACTS}/search", json=asked)).json()
    rest = (await crm.post(f"{CONTACTS}/search", json=asked | {"after": first["paging"]["next"]["after"]})).json()

    found = [each["properties"]["agency_lead_id"] for each in first["results"] + rest["results"]]
    assert (first["total"], found) == (3, sorted(leads, reverse=True))


async def test_a_unique_property_is_made_once(crm: httpx.AsyncClient) -> None:
    definition = {
        "name": "other_id",
        "label": "Other id",
        "type": "string",
        "fieldType": "text",
        "groupName": "dealinformation",
        "hasUniqueValue": True,
    }
    made = await crm.post("/crm/v3/properties/deals", json=definition)
    again = await crm.post("/crm/v3/properties/deals", json=definition)

    assert (made.status_code, made.json()["hasUniqueValue"], again.status_code) == (201, True, 409)
    assert (await crm.get("/crm/v3/properties/deals/other_id")).json()["label"] == "Other id"
    assert (await crm.get(f"{DEALS}/17?idProperty=other_id")).status_code == 404
    not_unique = await crm.get(f"{DEALS}/17?idProperty=dealname")
    assert (not_unique.status_code, not_unique.json()["category"]) == (400, "VALIDATION_ERROR")


async def test_a_wrong_token_is_refused(hubspot: Program) -> None:
    async with crm_client(hubspot, token="wrong") as stranger:
        response = await stranger.get(f"{CONTACTS}/1")

    assert (response.status_code, response.json()["category"]) == (401, "INVALID_AUTHENTICATION")


async def test_the_log_carries_the_own_property_as_token(hubspot: Program, crm: httpx.AsyncClient) -> None:
    lead = a_lead()
    record = await upsert(crm, lead, phone="+13035550123")
    await crm.delete(f"{CONTACTS}/{record['id']}")

    written, archived = (await hubspot.log())[-2:]
    assert (written["operation"], written["token"], written["provider_id"]) == ("upsert_contacts", lead, record["id"])
    assert written["to_sha256"] == sha256_of("+13035550123")
    canonical = (
        f'{{"inputs":[{{"id":"{lead}","idProperty":"agency_lead_id","properties":{{"phone":"+13035550123"}}}}]}}'
    )
    assert written["body_sha256"] == sha256_of(canonical)
    assert (archived["operation"], archived["token"], archived["body_sha256"]) == ("archive_contacts", lead, None)


async def test_a_kill_loses_no_record(state_dir: Path) -> None:
    lead = a_lead()
    async with running("hubspot", state_dir, *hubspot_options()) as first, crm_client(first) as crm:
        record = await upsert(crm, lead, city="Denver")
        await first.kill()

    async with running("hubspot", state_dir, *hubspot_options()) as second, crm_client(second) as crm:
        again = await upsert(crm, lead, state="CO")
        assert (again["id"], again["new"], again["properties"]["city"]) == (record["id"], False, "Denver")
        assert [line["seq"] for line in await second.log()] == [1, 2]
        assert await second.terminate() == 0
